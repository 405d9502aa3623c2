# SPDX-License-Identifier: Apache-2.0
"""libvirt as an ArtifactPort (definitions and runs) and a WorkloadPort (states and consoles)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ringfence.base.addresses import Address
from ringfence.base.errors import Refused
from ringfence.compile.document import Document, Kind
from ringfence.compile.scope import Scope
from ringfence.observe.domains import domain_documents, is_foreign
from ringfence.plan.change import Change
from ringfence.ports.workloads import RunFact

from .connection import Connection
from .console import attach
from .definitions import define, undefine
from .growth import grow
from .runs import Patience, start, stop
from .states import run_facts
from .survey import look, survey


class LibvirtDriver:
    """One libvirt. ``patience``: how long guests may take to shut down before their power is cut."""

    kinds = frozenset({Kind.DOMAIN, Kind.RUN})

    def __init__(self, connection: Connection | None = None, patience: Patience | None = None) -> None:
        self._connection = connection or Connection()
        self._patience = patience or Patience()

    def observe(self, scope: Scope) -> Mapping[Address, Document]:
        """Return the definition and the run of every domain of the fabric; a hung one has the state ``unknown``."""
        return domain_documents(scope, survey(self._connection, scope.domain("")))

    def ensure(self, scope: Scope, changes: Sequence[Change]) -> None:
        """Define, undefine, start, stop or restart. Raises Refused, DeadlinePassed."""
        for change in changes:
            if change.kind is Kind.DOMAIN:
                (undefine if change.after is None else define)(self._connection, scope, change.document)
            else:
                (stop if change.after is None else start)(self._connection, scope, change.document, self._patience)

    def states(self, scope: Scope, workloads: tuple[str, ...]) -> Mapping[str, RunFact]:
        """Return the state of each named workload."""
        return run_facts(self._connection, scope, workloads)

    def console(self, scope: Scope, workload: str) -> None:
        """Attach the terminal to the serial console until Ctrl-]. Raises Refused when there is none to attach to."""
        fact = look(self._connection, scope.domain(workload))
        if fact is not None and is_foreign(scope, fact):
            raise Refused(f"The domain {fact.name} is not this site's.", "Look at it with 'virsh console'.")
        attach(self._connection, scope.domain(workload))

    def grow_live(self, path: str, size: int) -> bool:
        """Grow the disk at ``path`` to ``size`` bytes in the running machine that has it; False where none has."""
        return grow(self._connection, path, size)
