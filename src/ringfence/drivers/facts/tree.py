# SPDX-License-Identifier: Apache-2.0
"""Reads /proc, below ``/`` or below another root.

A process's folder is opened once, and everything in it is read relative to that: when the process ends, the kernel
answers ESRCH there for good, also when another process has taken its number. Reads are bounded, and nothing is opened
that could wait for somebody.
"""

from __future__ import annotations

import contextlib
import os
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

MOST_BYTES = 8 << 20
"""/proc/cpuinfo of a thousand cores has 1.5 MiB."""
_FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC | os.O_NOFOLLOW
_FILE = os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK | os.O_NOCTTY
_CHUNK = 1 << 16


@dataclass(frozen=True, slots=True)
class Folder:
    """An open folder of a process."""

    descriptor: int

    def read(self, name: str, most: int = MOST_BYTES) -> bytes:
        """Return a file's bytes. Raises OSError; ValueError where it has more than ``most``."""
        descriptor = os.open(name, _FILE, dir_fd=self.descriptor)
        try:
            return drained(descriptor, most)
        finally:
            os.close(descriptor)

    def link(self, name: str) -> str:
        """Return where a link leads. Raises OSError."""
        return os.readlink(name, dir_fd=self.descriptor)

    def mode(self, name: str) -> int | None:
        """Return the mode of what a link leads to (stat(2)), None where that cannot be had."""
        try:
            return os.stat(name, dir_fd=self.descriptor).st_mode
        except OSError:
            return None

    def names(self, name: str) -> tuple[str, ...]:
        """Return what a folder holds; links on the way are followed only by the kernel's own. Raises OSError."""
        descriptor = os.open(name, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC, dir_fd=self.descriptor)
        try:
            return tuple(sorted(os.listdir(descriptor)))  # noqa: PTH208 - a path cannot be told to stay in it
        finally:
            os.close(descriptor)

    def there(self, name: str) -> bool:
        """Tell whether it has a file of that name."""
        try:
            os.stat(name, dir_fd=self.descriptor, follow_symlinks=False)
        except OSError:
            return False
        return True


def drained(descriptor: int, most: int) -> bytes:
    """Return what an open file holds. Raises ValueError where that is more than ``most``."""
    pieces, size = [], 0
    while piece := os.read(descriptor, _CHUNK):
        pieces.append(piece)
        size += len(piece)
        if size > most:
            raise ValueError(f"It has more than {most} bytes.")
    return b"".join(pieces)


@dataclass(frozen=True, slots=True)
class Tree:
    """The file systems of a host; ``root`` is ``/`` on the real one."""

    root: Path = Path("/")

    def path(self, path: str) -> Path:
        """Return where something lies that the host calls ``path``."""
        return self.root / path.lstrip("/")

    @contextlib.contextmanager
    def process(self, pid: int) -> Iterator[Folder]:
        """Open a process's folder. Raises OSError when there is no such process."""
        descriptor = os.open(self.path(f"proc/{pid}"), _FOLDER)
        try:
            yield Folder(descriptor)
        finally:
            os.close(descriptor)

    def pids(self) -> tuple[int, ...]:
        """Return the numbers of all processes now."""
        with contextlib.suppress(OSError):
            return tuple(sorted(int(one.name) for one in self.path("proc").iterdir() if one.name.isdecimal()))
        return ()

    def read(self, path: str, most: int = MOST_BYTES) -> bytes:
        """Return a file's bytes. Raises OSError, ValueError."""
        descriptor = os.open(self.path(path), _FILE)
        try:
            return drained(descriptor, most)
        finally:
            os.close(descriptor)

    def text(self, path: str) -> str:
        """Return a file's text without white space around it. Raises OSError, ValueError."""
        return self.read(path).decode("utf-8", "replace").strip()

    def head(self, path: str, most: int) -> tuple[bytes, bool]:
        """Return a file's first bytes, and whether it has no more. Raises OSError; ValueError for what is no file."""
        descriptor = os.open(self.path(path), _FILE)
        try:
            found = os.fstat(descriptor)
            if not (stat.S_ISREG(found.st_mode) or stat.S_ISBLK(found.st_mode)):
                raise ValueError(f"{path} is neither a file nor a block device.")
            head = os.pread(descriptor, most, 0)
        finally:
            os.close(descriptor)
        return head, len(head) < most
