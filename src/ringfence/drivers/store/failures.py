# SPDX-License-Identifier: Apache-2.0
"""What SQLite reports, as errors with a next step. Nothing was lost: a transaction is done whole or not at all."""

from __future__ import annotations

import errno
import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from ringfence.base.errors import Busy, Refused, RingfenceError

_DAMAGED = {"SQLITE_CORRUPT", "SQLITE_NOTADB"}
_WRITE = {"SQLITE_READONLY", "SQLITE_CANTOPEN", "SQLITE_PERM", "SQLITE_AUTH"}
_BUSY = {"SQLITE_BUSY", "SQLITE_LOCKED"}


@contextmanager
def told(path: Path) -> Iterator[None]:
    """Turn SQLite's and the system's errors about the file at ``path`` into Refused or Busy."""
    try:
        yield
    except sqlite3.Error as error:
        raise _error(path, error) from error
    except OSError as error:
        raise unusable(path, error) from error


def unusable(path: Path, error: OSError) -> Refused:
    """Return what the system's error about a file of the state means for a person."""
    steps = {
        errno.EROFS: "Its disk is mounted read-only: mount it for writing, then run the command again.",
        errno.ENOSPC: f"Make room (df -h {path.parent}), then run the command again.",
    }
    problem = f"{path} cannot be used: {error.strerror or error}."
    return Refused(problem, steps.get(error.errno or 0, "Run the command as a user who may write there, such as root."))


def _error(path: Path, error: sqlite3.Error) -> RingfenceError:
    name = _name(error)
    if name == "SQLITE_FULL" or (name == "SQLITE_IOERR" and _no_room(path.parent)):
        return Refused(
            f"The disk with {path} is full.", f"Make room (df -h {path.parent}), then run the command again."
        )
    if name in _WRITE:
        return Refused(
            f"{path} cannot be opened for writing.",
            "Run the command as a user who may write there, such as root, and check that it is not mounted read-only.",
        )
    if name in _DAMAGED:
        return Refused(
            f"{path} is damaged.",
            f"Move it away (mv {path} {path}.damaged) and apply the site file again: only history is lost.",
        )
    if name in _BUSY:
        return Busy(f"Another process has been writing to {path} for too long.", "Run the command again.")
    return Refused(f"{path} cannot be used: {error}.", "Check the disk it lies on, then run the command again.")


def _no_room(folder: Path) -> bool:
    """Tell whether a disk is full: SQLite calls it an I/O error when its shared memory file cannot grow (-shm)."""
    try:
        return os.statvfs(folder).f_bavail == 0
    except OSError:
        return False


def _name(error: sqlite3.Error) -> str:
    """Return the primary name of the result code, ``SQLITE_IOERR`` of ``SQLITE_IOERR_WRITE``."""
    found = str(getattr(error, "sqlite_errorname", "") or "")
    return "_".join(found.split("_")[:2])
