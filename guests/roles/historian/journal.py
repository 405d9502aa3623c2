# SPDX-License-Identifier: Apache-2.0
"""One database's lines on the data disk: appended and flushed before the sender hears that they were taken."""

from __future__ import annotations

import os
from pathlib import Path

MOST_BYTES = 64 * 1024 * 1024
"""A file that has grown to this is set aside as ``NAME.old.lines``, in place of the one before."""
READ_BACK = 512 * 1024
"""Bytes that are read back at a start, from the end."""


class Journal:
    """An append-only file of line protocol. Raises OSError when the disk does."""

    def __init__(self, folder: Path, name: str, most_bytes: int = MOST_BYTES) -> None:
        self._path = folder / f"{name}.lines"
        self._old = folder / f"{name}.old.lines"
        self._most = most_bytes
        self._file = self._open()

    def _open(self) -> int:
        file = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o644)
        size = os.fstat(file).st_size
        if size and os.pread(file, 1, size - 1) != b"\n":
            # A crash left half a line; what follows must not be glued to it.
            os.ftruncate(file, self._whole_lines(file, size))
        return file

    @staticmethod
    def _whole_lines(file: int, size: int) -> int:
        start = max(0, size - READ_BACK)
        return start + os.pread(file, size - start, start).rfind(b"\n") + 1

    def read_back(self) -> list[str]:
        """Answer the newest lines, oldest first, at most READ_BACK bytes of them."""
        lines: list[str] = []
        for path in (self._old, self._path):
            if path.exists():
                lines += self._tail(path)
        return lines

    @staticmethod
    def _tail(path: Path) -> list[str]:
        with path.open("rb") as file:
            start = max(0, path.stat().st_size - READ_BACK)
            file.seek(start)
            lines = file.read().decode(errors="replace").split("\n")[:-1]
        return lines[1:] if start else lines

    def append(self, lines: list[str]) -> None:
        """Write the lines and wait until the disk has them; after a failure none of them is there."""
        before = os.fstat(self._file).st_size
        if before >= self._most:
            self._set_aside()
            before = 0
        content = "".join(f"{line}\n" for line in lines).encode()
        try:
            while content:
                content = content[os.write(self._file, content) :]
            os.fdatasync(self._file)
        except OSError:
            os.ftruncate(self._file, before)
            raise

    def _set_aside(self) -> None:
        os.close(self._file)
        self._path.replace(self._old)
        self._file = self._open()
