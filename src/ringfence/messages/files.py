# SPDX-License-Identifier: Apache-2.0
"""Files that were written."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class FilesWritten:
    """Result of ``boot-files``, ``init`` and ``picture``; ``changed`` are those that were not so before."""

    site: str
    files: tuple[str, ...]
    changed: tuple[str, ...]
