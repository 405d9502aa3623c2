# SPDX-License-Identifier: Apache-2.0
"""Collects everything that is wrong with one file, each with its place."""

from __future__ import annotations

import difflib
from collections.abc import Iterable

from ringfence.base.addresses import Address
from ringfence.base.diagnostics import Diagnostic, Severity
from ringfence.base.marks import Mark

from .codes import Code
from .tree import SECTIONS, Path, Tree

PROBLEM_LIMIT = 1000
"""More are counted, not shown."""

_GUESSES = 100  # looking for similar names costs milliseconds among thousands
_CANDIDATES = 5000


class Problems:
    """Problems of one file. What lies at or below a broken place is not told again."""

    def __init__(self, tree: Tree, told: Iterable[Diagnostic] = ()) -> None:
        self.tree = tree
        self._found: dict[tuple[str, Mark | None, str], Diagnostic] = {
            (one.id, one.where, one.problem): one for one in told
        }
        self._broken: set[Path] = set()
        self._around: set[Path] = set()
        self._untold = 0
        self._guesses = 0

    def __bool__(self) -> bool:
        return bool(self._found)

    def add(self, code: Code, path: Path, problem: str, fix: str, *, key: bool = False) -> None:
        """Tell a problem with the value at ``path``, or with its ``key``. ``problem`` and ``fix`` are sentences."""
        if self.is_broken(path):
            return
        if len(self._found) >= PROBLEM_LIMIT:
            self._untold += 1
            return
        where = self.tree.key_mark(path) if key else self.tree.value_mark(path)
        diagnostic = Diagnostic(code, Severity.ERROR, subject(path), problem, fix, where)
        self._found.setdefault((code, where, problem), diagnostic)

    def leave_out(self, count: int) -> None:
        """Count problems that are not told."""
        self._untold += count

    def breaks(self, path: Path) -> None:
        """Say nothing more about what stands at or below ``path``."""
        if path not in self._broken:
            self._broken.add(path)
            self._around.update(path[:depth] for depth in range(len(path)))

    def is_broken(self, path: Path) -> bool:
        """Tell whether the value at ``path`` is not what was written."""
        return bool(self._broken) and any(path[:depth] in self._broken for depth in range(len(path) + 1))

    def has_broken(self, path: Path) -> bool:
        """Tell whether something below ``path`` is not what was written."""
        return path in self._around

    def similar(self, word: str, known: Iterable[str]) -> str:
        """``Did you mean 'x'? `` for the most similar of the known words, or nothing."""
        self._guesses += 1
        if self._guesses > _GUESSES:
            return ""
        among = sorted(known)[:_CANDIDATES]
        found = difflib.get_close_matches(word[:60], among, n=1, cutoff=0.6)
        return f"Did you mean '{found[0]}'? " if found else ""

    def diagnostics(self) -> tuple[Diagnostic, ...]:
        """Everything found, in the order of the file."""
        found = sorted(self._found.values(), key=lambda d: (d.where or Mark("", 0, 0), d.id, d.problem))
        if self._untold:
            problem = f"{self._untold} more problems are not shown."
            end = found[-1].where
            found.append(Diagnostic(Code.MORE, Severity.ERROR, "site", problem, "Mend these first.", end))
        return tuple(found)


def subject(path: Path) -> Address:
    """Address of the thing that a path lies in: ``conduit/x`` of ``("conduits", "x", "owner")``."""
    if len(path) > 1 and path[0] in SECTIONS:
        return f"{SECTIONS[str(path[0])]}/{_shown(path[1])}"
    return "site"


def _shown(name: str | int) -> str:
    text = str(name)[:60]
    return text if text.isprintable() else ascii(text)[1:-1]
