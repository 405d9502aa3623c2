# SPDX-License-Identifier: Apache-2.0
"""The bell: an empty file that is touched. Looking at it takes a system call, so that a job may look all the time."""

from __future__ import annotations

import os
from pathlib import Path


class FileBell:
    """A bell for the site whose state lies in ``folder``."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / "bell"

    def ring(self) -> None:
        """Ring it; where the file cannot be written, nobody hears it."""
        try:
            handle = os.open(self._path, os.O_WRONLY | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
        except OSError:
            return
        try:
            os.utime(handle, ns=(0, self.stamp() + 1))
        except OSError:
            return
        finally:
            os.close(handle)

    def stamp(self) -> int:
        """Return a number that grows with each ring; 0 where it never rang."""
        try:
            return self._path.stat().st_mtime_ns
        except OSError:
            return 0
