# SPDX-License-Identifier: Apache-2.0
"""A folder of small files that is replaced as a whole: its name is a symbolic link, moved in one step (rename(2)).

A host that loses power at any moment boots from the old files or from the new ones, never from a mixture.
"""

from __future__ import annotations

import os
import shutil
import stat
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

FOLDER_MODE = 0o700


@dataclass(frozen=True, slots=True)
class Folder:
    """``path`` is the link; the folders it leads to lie beside it, hidden."""

    path: Path

    @property
    def _prefix(self) -> str:
        return f".{self.path.name}-"

    def read(self) -> tuple[dict[str, str], dict[str, str]]:
        """Return contents and octal modes by name; empty where nothing is. Raises OSError.

        What is no plain file has an empty content, so that it equals nothing that was written.
        """
        contents: dict[str, str] = {}
        modes: dict[str, str] = {}
        for found in sorted(self.path.rglob("*")) if self.path.is_dir() else ():
            status = found.lstat()
            if stat.S_ISDIR(status.st_mode):
                continue
            name = str(found.relative_to(self.path))
            contents[name] = found.read_text("utf-8", "replace") if stat.S_ISREG(status.st_mode) else ""
            modes[name] = f"{stat.S_IMODE(status.st_mode):04o}"
        return contents, modes

    def write(self, contents: Mapping[str, str], modes: Mapping[str, str]) -> None:
        """Replace everything. Raises OSError, and then the old files still stand."""
        self.path.parent.mkdir(mode=FOLDER_MODE, parents=True, exist_ok=True)
        fresh = Path(tempfile.mkdtemp(prefix=self._prefix, dir=self.path.parent))
        try:
            for name, text in contents.items():
                write_durably(fresh / name, text, int(modes[name], 8))
            self._point_to(fresh)
        except OSError:
            shutil.rmtree(fresh, ignore_errors=True)
            raise
        self._clean(keep=fresh.name)

    def remove(self) -> None:
        """Remove the files, and the site's folder and the one above where they are empty then. Raises OSError."""
        if self.path.is_symlink() or self.path.is_file():
            self.path.unlink()
        elif self.path.is_dir():
            shutil.rmtree(self.path)
        if self.path.parent.is_dir():
            self._clean(keep="")
            for above in (self.path.parent, self.path.parent.parent):
                if not any(above.iterdir()):
                    above.rmdir()

    def _point_to(self, fresh: Path) -> None:
        for folder in (fresh, *(inner for inner in fresh.rglob("*") if inner.is_dir())):
            _sync(folder)
        if self.path.is_dir() and not self.path.is_symlink():
            self.path.rename(self.path.parent / f"{self._prefix}strange")  # a link cannot replace a folder
        link = fresh.with_name(fresh.name + ".link")
        link.symlink_to(fresh.name)
        link.replace(self.path)
        _sync(self.path.parent)

    def _clean(self, keep: str) -> None:
        for found in self.path.parent.glob(f"{self._prefix}*"):
            if found.name == keep:
                continue
            if found.is_symlink():
                found.unlink()
            else:
                shutil.rmtree(found)


def write_durably(path: Path, text: str, mode: int) -> None:
    """Write a new file, or replace one in one step, and wait for the disk. Raises OSError."""
    path.parent.mkdir(mode=FOLDER_MODE, parents=True, exist_ok=True)
    beside = path.with_name(f".{path.name}.new")
    beside.unlink(missing_ok=True)
    descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fchmod(descriptor, mode)
        os.fsync(descriptor)
    beside.replace(path)
    _sync(path.parent)


def _sync(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
