# SPDX-License-Identifier: Apache-2.0
"""A job's progress: a bar on a terminal, plain lines elsewhere, nothing with ``--quiet``."""

from __future__ import annotations

import contextlib
import sys
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Protocol, TextIO

from ringfence.messages.progress import ProgressLine

from .settings import Settings
from .show.words import duration
from .visible import visible

if TYPE_CHECKING:
    from rich.progress import Progress

TOLD = frozenset({"done", "failed", "unknown", "undone", "healthy"})
WRONG = frozenset({"failed", "unknown", "undone"})
WORDS = {"undoing": "taking back", "waiting": "waiting for", "started": ""}


class Narrator(Protocol):
    """Hears a job's progress and shows it."""

    def hear(self, line: ProgressLine) -> None:
        """Take note of one moment."""
        ...

    def close(self) -> None:
        """Stop showing."""
        ...


def narrator(settings: Settings) -> Narrator:
    """Return who tells of a job: a bar, plain lines, or nobody."""
    if settings.quiet:
        return Nobody()
    if sys.stderr.isatty():
        return Bar(no_color=not settings.error_paint.on)
    return PlainLines(sys.stderr, time.monotonic)


class Nobody:
    """Says nothing."""

    def hear(self, line: ProgressLine) -> None:
        """Take no note."""

    def close(self) -> None:
        """Do nothing."""


class PlainLines:
    """Writes ``[ 3/17] start workload scada ... done 4.2 s``, one line when a step ends."""

    def __init__(self, stream: TextIO, clock: Callable[[], float]) -> None:
        self._stream = stream
        self._clock = clock
        self._began: dict[str, float] = {}

    def hear(self, line: ProgressLine) -> None:
        """Take note of one moment."""
        key = line.step or ""
        if line.moment in {"started", "undoing"}:
            self._began[key] = self._clock()
        text = self._text(line, key)
        if text:
            with contextlib.suppress(OSError, ValueError):  # nobody reads any more; the job goes on
                self._stream.write(f"{visible(text)}\n")
                self._stream.flush()

    def close(self) -> None:
        """Do nothing: every line is whole."""

    def _text(self, line: ProgressLine, key: str) -> str:
        if line.moment not in TOLD:
            return ""
        took = f" {duration(round(self._clock() - self._began[key], 1))}" if key in self._began else ""
        return f"{counter(line)} {sentence(line)}{took}"


def counter(line: ProgressLine) -> str:
    """Return ``[ 3/17]``."""
    wide = len(str(line.total))
    return f"[{line.done:>{wide}}/{line.total}]"


def sentence(line: ProgressLine) -> str:
    """Return ``start workload scada ... done``, with the reason where something went wrong."""
    if line.moment == "healthy":
        return f"workload {line.detail} ... healthy"
    why = f": {line.detail}" if line.detail and line.moment in WRONG else ""
    return f"{line.title or 'job'} ... {line.moment}{why}"


class Bar:
    """Moves a bar from the first moment on, and writes down above it what went wrong."""

    def __init__(self, *, no_color: bool) -> None:
        self._no_color = no_color
        self._shown: Progress | None = None
        self._running: dict[str, str] = {}

    def close(self) -> None:
        """Take the bar away."""
        if self._shown is not None:
            self._shown.stop()

    def hear(self, line: ProgressLine) -> None:
        """Take note of one moment."""
        if self._shown is None:
            self._shown = _started(no_color=self._no_color)
        self._note(line)
        if line.moment in WRONG - {"undone"}:
            self._shown.console.print(visible(f"{counter(line)} {sentence(line)}"), markup=False)
        running = visible(" | ".join(list(self._running.values())[:2]))
        self._shown.update(self._shown.task_ids[0], completed=line.done, total=line.total, description=running)

    def _note(self, line: ProgressLine) -> None:
        key = line.step or ""
        if line.moment in {"started", "waiting", "undoing"}:
            what = line.detail if line.moment == "waiting" else line.title or "what was done"
            words = f"{WORDS[line.moment]} {what}"
            self._running[key] = words.strip()
        elif line.moment in TOLD:
            self._running.pop(key, None)


def _started(*, no_color: bool) -> Progress:
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    console = Console(stderr=True, no_color=no_color, highlight=False)
    look = (BarColumn(28), MofNCompleteColumn(), TimeElapsedColumn(), TextColumn("{task.description}", markup=False))
    shown = Progress(*look, console=console, transient=True)
    shown.add_task("", total=None)
    shown.start()
    return shown
