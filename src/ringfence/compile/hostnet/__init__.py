# SPDX-License-Identifier: Apache-2.0
"""What the distribution's network tools are told, so that they undo nothing: compiled into artifacts."""

from __future__ import annotations

from .artifact import hostnet_artifacts, hostnet_parts, read_files

__all__ = ["hostnet_artifacts", "hostnet_parts", "read_files"]
