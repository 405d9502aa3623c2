# SPDX-License-Identifier: Apache-2.0
"""Files that were written."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class FilesWritten:
    """Result of ``boot-files``, ``init`` and ``picture``. ``command`` is what starts the plant with them, if any."""

    site: str
    files: tuple[str, ...]
    command: str | None = None
