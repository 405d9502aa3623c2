# SPDX-License-Identifier: Apache-2.0
"""Faults for the simulated host: what a tool refuses, hangs on, half does, or dies in the middle of.

Written as ``WHAT:WHERE[:TIMES]`` and separated by ``;``. WHERE is a kind (``run``) or the end of an address
(``run/scada``). TIMES is how often it strikes (default 1, ``0`` always).

- ``refuse``: nothing happens, and the tool says no
- ``partial``: half of the changes happen, then the tool says no
- ``hang``: nothing happens, and the deadline passes
- ``late``: the deadline passes although it happens
- ``stuck``: the call never comes back
- ``kill-before``, ``kill-after``: this process is killed before the effect, or after it and before anyone knows
"""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ringfence.base.addresses import Address
from ringfence.base.errors import BadInput, DeadlinePassed, Refused
from ringfence.compile.document import Document, Kind
from ringfence.compile.scope import Scope
from ringfence.plan.change import Change
from ringfence.ports.artifacts import ArtifactPort

WHATS = frozenset({"refuse", "partial", "hang", "late", "stuck", "kill-before", "kill-after"})
_NEXT = "This is a simulated fault (RINGFENCE_FAULTS)."


@dataclass(slots=True)
class Fault:
    """One fault; ``left`` is how often it will still strike, below 0 always."""

    what: str
    where: str
    left: int = 1

    def strikes(self, changes: Sequence[Change]) -> bool:
        """Tell whether it strikes now, and count it."""
        hit = self.left != 0 and any(self.where == change.kind or self._ends(change.address) for change in changes)
        self.left -= 1 if hit and self.left > 0 else 0
        return hit

    def _ends(self, address: Address) -> bool:
        return "/" in self.where and address.endswith(f"/{self.where}")


def faults_from_text(text: str) -> list[Fault]:
    """Read faults. Raises BadInput for what is none."""
    return [_fault(word.strip()) for word in text.split(";") if word.strip()]


def _fault(word: str) -> Fault:
    what, _, rest = word.partition(":")
    where, _, times = rest.partition(":")
    if what not in WHATS or not where or not (times or "1").isdecimal():
        raise BadInput(f"'{word}' is no fault.", f"Write WHAT:WHERE[:TIMES], where WHAT is one of {sorted(WHATS)}.")
    return Fault(what, where, int(times or "1") or -1)


class Faulty:
    """An ArtifactPort with faults."""

    def __init__(self, port: ArtifactPort, faults: Sequence[Fault]) -> None:
        self._port = port
        self._faults = faults
        self._lock = threading.Lock()

    @property
    def kinds(self) -> frozenset[Kind]:
        """Return the port's kinds."""
        return self._port.kinds

    def observe(self, scope: Scope) -> Mapping[Address, Document]:
        """Return what the port sees."""
        return self._port.observe(scope)

    def ensure(self, scope: Scope, changes: Sequence[Change]) -> None:
        """Do what the port does, unless a fault strikes."""
        with self._lock:
            fault = next((found for found in self._faults if found.strikes(changes)), None)
        what = fault.what if fault else ""
        self._before(what)
        done = changes[: len(changes) // 2] if what == "partial" else changes
        if done and what not in {"refuse", "hang"}:
            self._port.ensure(scope, done)
        self._after(what, changes)

    def _before(self, what: str) -> None:
        if what == "kill-before":
            os.kill(os.getpid(), signal.SIGKILL)
        if what == "stuck":
            threading.Event().wait()

    def _after(self, what: str, changes: Sequence[Change]) -> None:
        if what == "kill-after":
            os.kill(os.getpid(), signal.SIGKILL)
        if what in {"hang", "late"}:
            raise DeadlinePassed(f"The tool did not answer about {changes[0].address}.", _NEXT)
        if what in {"refuse", "partial"}:
            raise Refused(f"The tool refused {changes[0].address}.", _NEXT)
