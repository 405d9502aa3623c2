# SPDX-License-Identifier: Apache-2.0
"""Probes on the simulated host: a running workload answers, unless it was made sick."""

from __future__ import annotations

from collections.abc import Sequence

from ringfence.compile.document import Document, Kind
from ringfence.compile.scope import Scope
from ringfence.plan.naming import names
from ringfence.ports.probes import Answer
from ringfence.site.probe import Probe

from .file import WorldFile
from .state import SiteState

_SECONDS = 0.001


class MemoryProbes:
    """A ProbePort."""

    def __init__(self, file: WorldFile) -> None:
        self._file = file

    def ask(self, scope: Scope, probe: Probe, address: str) -> Answer:
        """Answer for the workload that is bound to ``address``."""
        state = self._file.read(scope.site)
        why = _silence(scope, state, probe, address)
        return Answer(why is None, why or f"{address} answered on port {probe.port}.", _SECONDS)

    def ask_all(self, scope: Scope, questions: Sequence[tuple[Probe, str]]) -> tuple[Answer, ...]:
        """Answer one after the other."""
        return tuple(self.ask(scope, probe, address) for probe, address in questions)


def _silence(scope: Scope, state: SiteState, probe: Probe, address: str) -> str | None:
    workload = _bound_to(state, address)
    if workload is None:
        return f"No workload is bound to {address}."
    if scope.address("run", workload) not in state.documents:
        return f"{address} does not answer: workload {workload} is stopped."
    conduit = state.documents.get(scope.address("conduit", "probe", workload))
    if conduit is None or not any(f" . {address} . " in key for key in conduit.parts):
        return f"No conduit lets the probe of workload {workload} pass."
    if workload in state.sick:
        return f"{address} does not answer on port {probe.port}."
    return None


def _bound_to(state: SiteState, address: str) -> str | None:
    """Return the workload whose guard holds the address (compile/fabric/guard.py: ``element/bound4/... . ADDRESS``)."""
    guards = state.of_kind(Kind.GUARD)
    return next((names(guard)[0] for guard in guards if _holds(guard, address)), None)


def _holds(guard: Document, address: str) -> bool:
    return any(key.endswith(f" . {address}") for key in guard.parts)
