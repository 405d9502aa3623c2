# SPDX-License-Identifier: Apache-2.0
"""A fabric with stubs for all workloads of a site: compiled, brought up by the driver, and taken away again."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path

from tests import factory
from tests.integration.fabric.troupe import Troupe, troupe

from ringfence.compile.allocate import allocate
from ringfence.compile.bindings import Bindings
from ringfence.compile.document import Artifact, Document, Kind
from ringfence.compile.fabric import fabric_artifacts
from ringfence.compile.scope import Endpoints, Scope
from ringfence.compile.tolerance import Tolerance
from ringfence.drivers.fabric.driver import FabricDriver
from ringfence.plan.change import Change
from ringfence.plan.compare import compare
from ringfence.plan.sentences import sentences
from ringfence.site.conduit import Conduit
from ringfence.site.declared.reference import endpoint
from ringfence.site.loader import load
from ringfence.site.service import Flow, PortRange, Service
from ringfence.site.site import Site

ORDER = tuple(kind for kind in Kind if kind in FabricDriver().kinds)
EXAMPLE = Path(__file__).resolve().parents[3] / "examples" / "waterworks" / "site.yaml"


@dataclass
class Stage:
    """One fabric of one site."""

    site: Site
    scope: Scope
    driver: FabricDriver = field(default_factory=FabricDriver)
    now: datetime = factory.NOW
    bindings: Bindings = field(default_factory=dict)

    def __post_init__(self) -> None:
        names, facts = self.site.workloads, factory.host_facts()
        if not self.bindings:
            each = dict.fromkeys(names, facts), dict.fromkeys(names, self.scope)
            self.bindings, _ = allocate(self.site, each[0], {}, {}, each[1])

    def compile(self) -> tuple[Artifact, ...]:
        return fabric_artifacts(self.site, frozenset(self.site.workloads), self.bindings, self.scope, self.now)

    def documents(self, *kinds: Kind) -> list[Document]:
        return [one.document for one in self.compile() if not kinds or one.document.kind in kinds]

    def document(self, *names: str) -> Document:
        address = self.scope.address(*names)
        return next(one for one in self.documents() if one.address == address)

    def ensure(self, changes: Iterable[Change]) -> None:
        """Make changes in the order of kinds, removals the other way round."""
        known = list(changes)
        for kinds, removal in ((reversed(ORDER), True), (ORDER, False)):
            for kind in kinds:
                now = [one for one in known if one.kind is kind and (one.after is None) is removal]
                if now:
                    self.driver.ensure(self.scope, now)

    def changes(self) -> tuple[Change, ...]:
        return compare(self.compile(), self.driver.observe(self.scope), Tolerance())

    def drift(self) -> list[str]:
        return [sentence for change in self.changes() for sentence in sentences(change)]

    def up(self) -> None:
        self.ensure(Change(None, one) for one in self.documents())

    def down(self) -> None:
        self.ensure(Change(one, None) for one in self.driver.observe(self.scope).values())

    @contextmanager
    def standing(self) -> Iterator[Stage]:
        try:
            self.up()
            yield self
        finally:
            self.down()

    @contextmanager
    def played(self, *more: str) -> Iterator[Troupe]:
        """Yield an agent for each workload, and, where named, one in the ``router`` and one on the ``host``."""
        places = {name: (self.scope.stub(name), self.nics(name)) for name in self.site.workloads}
        if "router" in more:
            places["router"] = self.scope.namespace, list(self.site.zones)
        if "host" in more:
            places["host"] = "", [self.scope.link("bridge", zone) for zone in self.site.zones]
        with troupe(places) as found:
            yield found

    def nics(self, workload: str) -> list[str]:
        return [one.name for one in self.site.workloads[workload].interfaces]


def waterworks(name: str, fabric: str = "live") -> Stage:
    """Return the example's water works, with more kinds of conduits than it has itself."""
    site, problems = load(EXAMPLE.read_bytes())
    assert site is not None, problems
    conduits = {one.name: one for one in (*site.conduits.values(), *_conduits())}
    services = {**site.services, **{one.name: one for one in _SERVICES}}
    whole = replace(site, name=name, conduits=conduits, services=services)
    return Stage(whole, Scope(name, "server1", fabric, Endpoints.STUB))


def ports(*numbers: int) -> tuple[PortRange, ...]:
    return tuple(PortRange(number, number) for number in numbers)


_SERVICES = (
    Service("t-range", (Flow("udp", (PortRange(5000, 5003),)), Flow("tcp", (PortRange(6000, 6002),)))),
    Service("t-overlap", (Flow("udp", (PortRange(5002, 5005),)),)),
    Service("t-ping", (Flow("icmp", ()), Flow("icmpv6", ()))),
    Service("t-back", (Flow("tcp", ports(7000), direction="back"),)),
    Service("t-syslog", (Flow("udp", ports(514)),)),
    Service("t-both", (Flow("tcp", ports(8102)), Flow("udp", ports(8102)), Flow("icmp", ()))),
)


def _conduits() -> Iterator[Conduit]:
    def between(name: str, source: str, target: str, service: str, *, dormant: bool = False) -> Conduit:
        return Conduit(name, (endpoint(source),), (endpoint(target),), (service,), "test", "tests", dormant=dormant)

    yield between("t-in-zone", "workload/plc-north", "workload/plc-south", "t-range")
    yield between("t-in-zone-too", "workload/plc-north", "workload/plc-south", "t-overlap")
    yield between("t-in-zone-ping", "workload/plc-south", "workload/plc-north", "t-ping")
    yield between("t-back", "workload/historian", "workload/scada", "t-back")
    yield between("t-log", "zone/field", "workload/historian", "t-syslog")
    yield between("t-poll-too", "zone/supervision", "zone/field", "modbus")
    yield between("t-grant", "workload/jump", "workload/plc-south", "t-both", dormant=True)
