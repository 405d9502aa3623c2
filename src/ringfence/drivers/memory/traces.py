# SPDX-License-Identifier: Apache-2.0
"""Packets followed on the simulated host: its rules are the elements that stand."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from ringfence.compile.document import Kind
from ringfence.compile.fabric.guard import guard_elements
from ringfence.compile.part.element import Element
from ringfence.compile.scope import Scope
from ringfence.facts.trace import Hop
from ringfence.observe.permission import Asked, permissions
from ringfence.ports.traces import Question, Trail

from .file import WorldFile
from .flows import MemoryFlows


class MemoryTraces:
    """A TracePort."""

    def __init__(self, file: WorldFile, flows: MemoryFlows) -> None:
        self._file = file
        self._flows = flows

    def inject(self, scope: Scope, question: Question) -> Trail:
        """Return what the router's rules would do."""
        asked = Asked(question.source, question.target, question.protocol, question.port)
        found = permissions(self._flows.elements(scope)).of(asked)
        start = Hop("inet", scope.table, "forward", "original", "iifname vmap @from", f"jump from_{question.leg}")
        if not found:
            deny = [
                Hop("inet", scope.table, "deny_undeclared", slug, slug, verdict)
                for slug, verdict in (("count", "continue"), ("drop", "drop"))
            ]
            return Trail((start, *deny), seen=True)
        element = found[0]
        leg = element.value.rpartition(" ")[2]
        lookup = Hop("inet", scope.table, f"from_{element.lookup[3:]}", element.lookup, element.key, element.value)
        last = Hop("inet", scope.table, leg, "original", "oifname", "accept")
        return Trail((start, lookup, last), seen=True, ended=True)

    def follow(
        self, scope: Scope, question: Question, seconds: float, stopped: Callable[[], bool]
    ) -> tuple[Trail, Trail]:
        """Return nothing: nobody sends anything here."""
        del scope, question, seconds, stopped
        return Trail(), Trail()

    def guarded(self, scope: Scope) -> Sequence[Element]:
        """Return the elements of all guards that stand."""
        guards = self._file.read(scope.site).of_kind(Kind.GUARD)
        prefix = scope.address("guard", "")
        mine = ((one.address.removeprefix(prefix), one.parts) for one in guards if one.address.startswith(prefix))
        return [element for workload, parts in mine for element in guard_elements(workload, parts)]
