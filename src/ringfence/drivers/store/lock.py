# SPDX-License-Identifier: Apache-2.0
"""The site's lock: flock(2) on a file in the state folder. It ends with its process, also by SIGKILL."""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from ringfence.base.errors import Busy
from ringfence.ports.clock import Clock
from ringfence.ports.lock import Held

from .failures import unusable

_MOST = 4096


class FileLock:
    """One job at a time for the site whose state lies in ``folder``."""

    def __init__(self, folder: Path, clock: Clock) -> None:
        self._path = folder / "lock"
        self._clock = clock

    @contextmanager
    def hold(self, what: str) -> Iterator[Held]:
        """Hold the site. Raises Busy with who holds it, Refused when the file cannot be written."""
        handle = self._open()
        try:
            self._lock(handle)
            held = Held(what, os.getpid(), self._clock.now())
            self._write(handle, {"what": what, "pid": held.pid, "since": held.since.isoformat(timespec="seconds")})
            yield held
            self._write(handle, {})
        finally:
            os.close(handle)

    def holder(self) -> Held | None:
        """Return who holds the site: taking the lock to find out would refuse a job that begins at that moment."""
        try:
            who = json.loads(self._path.read_bytes()[:_MOST])
            held = Held(str(who["what"]), int(who["pid"]), datetime.fromisoformat(who["since"]))
        except (OSError, ValueError, KeyError, TypeError):
            return None
        return held if Path("/proc", str(held.pid)).exists() else None

    def _open(self) -> int:
        try:
            self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            return os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
        except OSError as error:
            raise unusable(self._path, error) from error

    def _lock(self, handle: int) -> None:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise _busy(os.pread(handle, _MOST, 0)) from error

    def _write(self, handle: int, who: dict[str, str | int]) -> None:
        """Tell who holds it. The lock holds without these words, so that a full disk does not matter here."""
        try:
            os.ftruncate(handle, 0)
            os.pwrite(handle, json.dumps(who).encode(), 0)
        except OSError:
            os.ftruncate(handle, 0)


def _busy(words: bytes) -> Busy:
    try:
        who = json.loads(words)
        told = f"'{who['what']}', process {who['pid']}, has been at work on this site since {who['since']}."
    except (ValueError, KeyError, TypeError):
        told = "Another process is at work on this site."
    return Busy(told, "Wait until it has ended, then run the command again.")
