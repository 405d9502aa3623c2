# SPDX-License-Identifier: Apache-2.0
"""The file of the simulated host: JSON lines, each one change of the world; the whole is their sum.

Several processes may use it: a lock file beside it keeps them apart. A line that a killed process left half-written
never counts. The file is rewritten (and replaced in one step) when most of its lines are history.
"""

from __future__ import annotations

import fcntl
import json
import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from ringfence.base.errors import Refused
from ringfence.base.units import MiB

from .state import Entry, SiteState, apply, entries

_HEADER = {"ringfence-world": 1}
_REWRITE_AT = 8 * MiB
_HISTORY = 4  # times the size of the file when it was written anew


class Writing:
    """The state, and the entries that change it: each counts at once, and is kept when the context ends."""

    def __init__(self, site: str, sites: dict[str, SiteState]) -> None:
        self.state = sites.setdefault(site, SiteState())
        self.added: list[Entry] = []
        self._sites = sites

    def add(self, entry: Entry) -> None:
        """Change the world."""
        apply(self._sites, entry)
        self.added.append(entry)


class WorldFile:
    """Reads the world and appends to it."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._guard = threading.Lock()
        self._sites: dict[str, SiteState] = {}
        self._seen = (0, 0)  # inode and the bytes of it that were read
        self._compact = 0

    @contextmanager
    def changing(self, site: str) -> Iterator[Writing]:
        """Give the state to change. What was added is kept also when the context ends with an error."""
        with self._guard, self._locked():
            self._read()
            writing = Writing(site, self._sites)
            try:
                yield writing
            finally:
                if writing.added:
                    self._append(writing.added)

    def read(self, site: str) -> SiteState:
        """Return a copy of the state as it stands."""
        with self._guard, self._locked():
            self._read()
            return self._sites.setdefault(site, SiteState()).copy()

    @contextmanager
    def _locked(self) -> Iterator[None]:
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            handle = os.open(f"{self._path}.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        except OSError as error:
            raise Refused(
                f"The simulated world {self._path} cannot be used: {error.strerror}.",
                "Give RINGFENCE_WORLD=memory:/path a folder that can be written to.",
            ) from error
        try:
            fcntl.flock(handle, fcntl.LOCK_EX)
            yield
        finally:
            os.close(handle)

    def _read(self) -> None:
        """Read the lines that were added since the last time, by whomever."""
        try:
            with self._path.open("rb") as file:
                inode, size = os.fstat(file.fileno()).st_ino, os.fstat(file.fileno()).st_size
                if self._seen[0] != inode or size < self._seen[1]:
                    self._sites, self._seen = {}, (inode, 0)
                    self._compact = size
                file.seek(self._seen[1])
                text = file.read()
        except FileNotFoundError:
            self._sites, self._seen = {}, (0, 0)
            return
        whole = text[: text.rfind(b"\n") + 1]
        for line in whole.splitlines():
            self._apply(line)
        self._seen = (inode, self._seen[1] + len(whole))

    def _apply(self, line: bytes) -> None:
        try:
            entry = json.loads(line)
            if entry != _HEADER:
                apply(self._sites, entry)
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise Refused(
                f"The simulated world {self._path} cannot be read.", f"Remove it (rm {self._path}) and apply again."
            ) from error

    def _append(self, added: list[Entry]) -> None:
        lines = _lines(added)
        with self._path.open("ab") as file:
            os.ftruncate(file.fileno(), self._seen[1])  # what a killed process left half-written
            file.write(lines if self._seen[1] else _lines([_HEADER]) + lines)
        found = self._path.stat()
        self._seen = (found.st_ino, found.st_size)
        if found.st_size > max(_REWRITE_AT, _HISTORY * self._compact):
            self._rewrite()

    def _rewrite(self) -> None:
        fresh = self._path.with_name(f"{self._path.name}.new")
        fresh.write_bytes(_lines([_HEADER, *entries(self._sites)]))
        fresh.replace(self._path)
        found = self._path.stat()
        self._seen = (found.st_ino, found.st_size)
        self._compact = found.st_size


def _lines(added: list[Entry]) -> bytes:
    return b"".join(json.dumps(entry, ensure_ascii=False, separators=(",", ":")).encode() + b"\n" for entry in added)
