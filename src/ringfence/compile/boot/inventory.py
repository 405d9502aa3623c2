# SPDX-License-Identifier: Apache-2.0
"""The compiled artifacts, sorted for booting. Everything that boot files say comes out of them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from ringfence.base.addresses import own_name
from ringfence.compile.document import Artifact, Document, Kind
from ringfence.compile.scope import Scope

_KEY_SEPARATOR = " . "
_TUPLE = 4  # gateway . address . protocol . port


@dataclass(frozen=True, slots=True)
class Inventory:
    """Artifacts of one fabric in the order in which they were compiled."""

    scope: Scope
    artifacts: Sequence[Artifact]

    def documents(self, kind: Kind) -> tuple[Document, ...]:
        """Return the documents of one kind."""
        return tuple(one.document for one in self.artifacts if one.document.kind is kind)

    def bodies(self, kind: Kind) -> str:
        """Return the bodies of one kind, one behind the other."""
        return "".join(document.body for document in self.documents(kind))

    def table(self, name: str) -> Document | None:
        """Return a table by its name, such as ``router`` or ``guard``."""
        wanted = self.scope.address("table", name)
        return next((found for found in self.documents(Kind.TABLE) if found.address == wanted), None)

    def bridges(self) -> tuple[str, ...]:
        """Return the names of the zones' bridges."""
        return tuple(document.parts["bridge/name"] for document in self.documents(Kind.LINK))

    def ports(self) -> dict[str, str]:
        """Return what brings the ports of each workload to their parts, by workload."""
        found: dict[str, str] = {}
        for document in self.documents(Kind.PORT):
            workload = document.address.split("/")[-2]
            found[workload] = found.get(workload, "") + document.body
        return found

    def questions(self, workload: str) -> tuple[tuple[str, str], ...]:
        """Return addresses and TCP ports that tell whether a workload works: IPv4 where it has both."""
        wanted = self.scope.address("conduit", "probe", workload)
        probes = [found for found in self.documents(Kind.CONDUIT) if found.address == wanted]
        keys = [key.split("/", 2)[1:] for probe in probes for key in probe.parts if key.startswith("element/")]
        for lookup in ("probe4", "probe6"):
            found = [key.split(_KEY_SEPARATOR) for name, key in keys if name == lookup]
            if found:
                return tuple((words[1], words[3]) for words in found if len(words) == _TUPLE)
        return ()

    def in_order(self) -> tuple[tuple[str, tuple[str, ...]], ...]:
        """Return workloads, each with those it comes after, so that none stands before one it waits for.

        Independent ones come by name. Those in a circle, which the site forbids, come last.
        """
        waits = {own_name(one.address): self._after(one.needs) for one in self.artifacts if _runs(one)}
        return tuple((name, waits[name]) for name in _ordered(waits))

    def _after(self, needs: Iterable[str]) -> tuple[str, ...]:
        runs = self.scope.address("run", "")
        return tuple(sorted(own_name(need) for need in needs if need.startswith(runs)))


def _runs(artifact: Artifact) -> bool:
    return artifact.document.kind is Kind.RUN


def _ordered(waits: Mapping[str, Iterable[str]]) -> list[str]:
    """Return names round by round: in each those that wait only for names of rounds before."""
    left = {name: sum(other in waits for other in after) for name, after in waits.items()}
    behind: dict[str, list[str]] = {}
    for name, after in waits.items():
        for other in after:
            behind.setdefault(other, []).append(name)
    done: list[str] = []
    ready = sorted(name for name, count in left.items() if count == 0)
    while left:
        ready = ready or sorted(left)
        done += ready
        for name in ready:
            del left[name]
        ready = sorted(_freed(ready, behind, left))
    return done


def _freed(done: Iterable[str], behind: Mapping[str, Iterable[str]], left: dict[str, int]) -> Iterator[str]:
    """Count down what waited for the names that are done; yield what waits for nothing any more."""
    for other in (other for name in done for other in behind.get(name, ()) if other in left):
        left[other] -= 1
        if left[other] == 0:
            yield other
