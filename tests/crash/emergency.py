# SPDX-License-Identifier: Apache-2.0
"""A command that is killed at its N-th moment: before or after anything that it writes down or does to the world."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from ringfence.cli.main import run
from ringfence.drivers.memory.artifacts import MemoryArtifacts
from ringfence.drivers.store.bell import FileBell
from ringfence.drivers.store.journal import SqliteJournal
from ringfence.drivers.store.restrictions import SqliteRestrictions

WRITERS: tuple[tuple[type, str], ...] = (
    (SqliteRestrictions, "add"),
    (SqliteRestrictions, "end"),
    (FileBell, "ring"),
    (SqliteJournal, "begin"),
    (SqliteJournal, "record"),
    (SqliteJournal, "finish"),
    (MemoryArtifacts, "ensure"),
)


def place(folder: Path) -> dict[str, str]:
    """Return the environment of a command on a simulated host in a folder."""
    return {"RINGFENCE_WORLD": f"memory:{folder / 'world'}", "RINGFENCE_STATE": str(folder / "state")}


def die_at(number: int) -> None:
    """Kill this process at the moment of that number, counted from 1."""
    left = [number]

    def moment() -> None:
        left[0] -= 1
        if left[0] == 0:
            os.kill(os.getpid(), signal.SIGKILL)

    def wrapped(original: Callable[..., Any]) -> Callable[..., Any]:
        def call(*arguments: Any, **named: Any) -> Any:
            moment()
            found = original(*arguments, **named)
            moment()
            return found

        return call

    for owner, name in WRITERS:
        setattr(owner, name, wrapped(getattr(owner, name)))


def command(folder: Path, arguments: tuple[str, ...], number: int) -> None:
    """Run a command in this process; it dies at a moment, or ends with its exit status."""
    os.environ.update(place(folder))
    with Path(os.devnull).open("w") as nowhere:
        sys.stdout = sys.stderr = nowhere
        die_at(number)
        status = run(arguments)
    os._exit(status)
