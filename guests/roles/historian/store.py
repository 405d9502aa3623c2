# SPDX-License-Identifier: Apache-2.0
"""Databases: each a set of series in memory and, where there is a data disk, a journal on it."""

from __future__ import annotations

import re
import threading
from pathlib import Path

from guests.roles.historian.journal import Journal
from guests.roles.historian.series import Sample, Series
from guests.roles.wire.line import LineError, Point, encode, parse
from guests.roles.wire.told import say

NAME = re.compile(r"[a-z][a-z0-9_]{0,31}")
MOST_DATABASES = 8


class NameRefusedError(ValueError):
    """The database's name is none, or there are too many; the message is a full sentence."""


class Store:
    """All databases. ``folder`` is the data disk, None to keep everything in memory."""

    def __init__(self, folder: Path | None) -> None:
        self._folder = folder
        self._lock = threading.Lock()
        self._series: dict[str, Series] = {}
        self._journals: dict[str, Journal] = {}
        if folder:
            for path in sorted(folder.glob("*.lines")):
                name = path.name.split(".")[0]
                if NAME.fullmatch(name) and name not in self._series:
                    self._read_back(name)

    @property
    def durable(self) -> bool:
        """Whether points survive a restart."""
        return self._folder is not None

    def write(self, database: str, text: str, now: int) -> int:
        """Keep every line's point, or none; answer how many.

        Raises LineError, NameRefusedError, FullError (series), OSError (the disk).
        """
        points = [self._dated(parse(line), now) for line in text.splitlines() if line.strip()]
        with self._lock:
            series = self._database(database)
            series.check(points)
            if database in self._journals:
                self._journals[database].append([encode(point) for point in points])
            for point in points:
                series.add(point, now)
        return len(points)

    def last(self, database: str, measurement: str, field: str, count: int, tags: dict[str, str]) -> list[Sample]:
        """Answer the newest samples, oldest first; none for what was never written."""
        with self._lock:
            series = self._series.get(database)
            return series.last(measurement, field, count, tags) if series else []

    def sizes(self) -> dict[str, int]:
        """Answer the number of series by database."""
        with self._lock:
            return {name: len(series) for name, series in self._series.items()}

    @staticmethod
    def _dated(point: Point, now: int) -> Point:
        return point if point.time is not None else Point(point.measurement, point.tags, point.fields, now)

    def _database(self, name: str) -> Series:
        if name not in self._series:
            if not NAME.fullmatch(name):
                raise NameRefusedError(
                    "A database's name begins with a letter and has small letters, digits and _ only."
                )
            if len(self._series) >= MOST_DATABASES:
                raise NameRefusedError(f"There are {MOST_DATABASES} databases already, and there may not be more.")
            self._read_back(name)
        return self._series[name]

    def _read_back(self, name: str) -> None:
        series = Series()
        if self._folder:
            journal = Journal(self._folder, name)
            bad = sum(not _restore(series, line) for line in journal.read_back())
            if bad:
                say(f"historian: {bad} lines of {name} on the data disk cannot be read and are passed over.")
            self._journals[name] = journal
        self._series[name] = series


def _restore(series: Series, line: str) -> bool:
    try:
        series.add(parse(line), 0)
    except LineError:
        return False
    return True
