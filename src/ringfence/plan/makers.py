# SPDX-License-Identifier: Apache-2.0
"""Which step makes which artifact."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from ringfence.base.addresses import Address
from ringfence.compile.document import Kind

from .draft import Draft
from .intent import Sources

_KIND_AT = 3  # host/H/FABRIC/KIND/... (compile/scope.py)


class Makers:
    """Looks up steps by the address they make, and by the workload they serve."""

    def __init__(self, drafts: Sequence[Draft], sources: Sources) -> None:
        self._by_address: dict[Address, str] = {}
        self._by_workload: dict[tuple[Kind, str], str] = {}
        for draft in drafts:
            for change in draft.changes:
                self._by_address[change.address] = draft.id
                workload = sources.workload(change.document)
                if workload is not None:
                    self._by_workload[change.kind, workload] = draft.id

    def of(self, addresses: Iterable[Address]) -> set[str]:
        """Return the steps that make these artifacts; what stands already has none."""
        return {self._by_address[address] for address in addresses if address in self._by_address}

    def serving(self, workload: str, kinds: Iterable[Kind]) -> set[str]:
        """Return the steps of these kinds for one workload."""
        return {self._by_workload[kind, workload] for kind in kinds if (kind, workload) in self._by_workload}


def runs_among(needs: Iterable[Address]) -> tuple[str, ...]:
    """Return the workloads whose runs are among these addresses."""
    found = (need.split("/") for need in needs)
    return tuple(path[-1] for path in found if len(path) > _KIND_AT and path[_KIND_AT] == Kind.RUN)
