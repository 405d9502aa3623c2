# SPDX-License-Identifier: Apache-2.0
"""Use case: the JSON Schema of site files."""

from __future__ import annotations

from ringfence.site.schema import schema_text

__all__ = ["schema_text"]
