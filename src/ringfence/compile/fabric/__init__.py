# SPDX-License-Identifier: Apache-2.0
"""The fabric: routers, bridges and rules that carry the zones, compiled into artifacts."""

from __future__ import annotations

from .artifacts import fabric_artifacts, fabric_needs

__all__ = ["fabric_artifacts", "fabric_needs"]
