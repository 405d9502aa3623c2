# SPDX-License-Identifier: Apache-2.0
"""Files that a site file names: they lie in or below its folder, and nowhere else.

A site file may come from a stranger, together with links. What it names ends up in a guest that the stranger may own,
so that no other file of this host is ever read for it.
"""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Callable
from pathlib import Path

from ringfence.base.units import MiB

LARGEST = 4 * MiB + 1
"""Bytes that are read: one more than first-boot instructions can have."""
_PLAIN = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC  # a named pipe would keep us waiting


def reader(folder: Path) -> Callable[[str], bytes]:
    """Return what reads files of ``folder``, each once; it raises OSError."""
    known: dict[str, bytes] = {}

    def read(path: str) -> bytes:
        if path not in known:
            known[path] = _read(folder, path)
        return known[path]

    return read


def _read(folder: Path, path: str) -> bytes:
    whole = Path(path).resolve(strict=True)
    if not whole.is_relative_to(folder.resolve()):
        raise _refused("it leads out of the site file's folder")
    with os.fdopen(os.open(whole, _PLAIN), "rb") as file:
        if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
            raise _refused("it is no regular file")
        return file.read(LARGEST)


def _refused(why: str) -> OSError:
    return PermissionError(errno.EACCES, why)
