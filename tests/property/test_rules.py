# SPDX-License-Identifier: Apache-2.0
"""Laws of the design rules: they never break, time of day and order never matter, and exceptions only take away."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Protocol, get_args

from hypothesis import given
from hypothesis import strategies as st
from tests.unit.assure.builders import NOW, facts, zone

from ringfence.assure.check import check, review
from ringfence.base.diagnostics import Severity
from ringfence.facts.host import Acceleration, HostFacts, Verdict, Versions
from ringfence.site.asset import Asset
from ringfence.site.conduit import Conduit, Endpoint, LayerTwo
from ringfence.site.exception import AcceptedFinding
from ringfence.site.functions import EssentialFunction
from ringfence.site.host import Host
from ringfence.site.probe import Probe
from ringfence.site.security_level import SecurityLevel
from ringfence.site.service import Flow, PortRange, Service
from ringfence.site.site import Site
from ringfence.site.uplink import Uplink
from ringfence.site.workload import CloudInit, Device, Disk, Interface, Workload
from ringfence.site.zone import Zone

ZONES = ("a", "b", "c")
NAMES = ("plc", "scada", "jump", "clock")
SERVICES = ("one", "two", "three")
DAYS = st.none() | st.dates(date(2026, 2, 1), date(2026, 4, 30))
TEXTS = st.sampled_from(["", "tbd", "Operators read the tank level."])
some = st.sampled_from


def zones(name: str) -> st.SearchStrategy[Zone]:
    grades = st.tuples(*[st.integers(0, 4)] * 7).map(lambda levels: SecurityLevel(*levels))
    return st.builds(
        lambda level, security, **fields: replace(zone(name, level), security=security, **fields),
        some([0, 1, 2, 3, 3.5, 4, 5]),
        grades,
        peers=some(["isolated", "open"]),
        dhcp=st.booleans(),
        gateway=some(["ringfence", "external"]),
        time_source=some([None, "workload/clock", "asset/valve"]),
    )


def interfaces(index: int) -> st.SearchStrategy[Interface]:
    return st.builds(
        Interface,
        st.just(f"eth{index}"),
        some(ZONES),
        kind=some(["bridge", "macvtap", "vf", "pci"]),
        model=some(["virtio", "pcnet"]),
    )


def workloads(name: str) -> st.SearchStrategy[Workload]:
    others = st.lists(some([other for other in NAMES if other != name]), max_size=2, unique=True).map(tuple)
    return st.builds(
        Workload,
        st.just(name),
        st.integers(1, 2).flatmap(lambda count: st.tuples(*(interfaces(index) for index in range(count)))),
        vcpus=st.integers(1, 9),
        memory_mib=st.integers(1, 9000),
        disks=st.just((Disk("root", 1024),)),
        function=some(EssentialFunction),
        tolerable_loss_s=st.none() | st.integers(1, 200),
        firmware=some(["bios", "uefi", "uefi-secure"]),
        display=some(["none", "vnc"]),
        devices=st.lists(some([Device("guest-agent"), Device("usb"), Device("pci")]), max_size=2).map(tuple),
        probes=st.lists(st.integers(1, 65535).map(lambda port: Probe("tcp", port)), max_size=2).map(tuple),
        after=others,
        apart_from=others,
        host=some([None, "server"]),
        cloud_init=some([None, CloudInit("password: x\n")]),
        realtime=st.booleans(),
    )


def ends() -> st.SearchStrategy[tuple[Endpoint, ...]]:
    workload = some(NAMES).map(lambda name: Endpoint("workload", name))
    one = workload | some(ZONES).map(lambda name: Endpoint("zone", name)) | st.just(Endpoint("asset", "valve"))
    return st.lists(one, min_size=1, max_size=2, unique=True).map(tuple)


def conduits(name: str) -> st.SearchStrategy[Conduit]:
    return st.builds(
        Conduit,
        st.just(name),
        ends(),
        ends(),
        st.lists(some(SERVICES), min_size=1, max_size=2, unique=True).map(tuple),
        TEXTS,
        TEXTS,
        DAYS,
        some(["report", "close"]),
        dormant=st.booleans(),
        layer2=some([None, LayerTwo(0x88B8, "01:0c:cd:01:00:01")]),
    )


def services(name: str) -> st.SearchStrategy[Service]:
    ports = st.tuples(st.integers(1, 65535), st.integers(1, 65535)).map(lambda pair: PortRange(min(pair), max(pair)))
    flow = st.builds(Flow, some(["tcp", "udp"]), st.tuples(ports), some(["forward", "back"])) | st.just(
        Flow("icmp", ())
    )
    return st.builds(
        Service,
        st.just(name),
        st.lists(flow, min_size=1, max_size=2).map(tuple),
        encrypted=st.booleans(),
        remote_access=st.booleans(),
    )


def accepted() -> st.SearchStrategy[AcceptedFinding]:
    rules = some(["RF-CON-002", "RF-CON-021", "RF-FUN-002", "RF-WKL-001", "RF-EXC-001", "RF-NYI-009"])
    subjects = some(["conduit/read", "workload/plc", "asset/valve"])
    return st.builds(AcceptedFinding, rules, subjects, TEXTS, TEXTS, DAYS.filter(bool).map(lambda day: day or date.max))


class Named(Protocol):
    @property
    def name(self) -> str: ...


def named(things: st.SearchStrategy[tuple[Named, ...]]) -> st.SearchStrategy[dict[str, Named]]:
    return things.map(lambda found: {thing.name: thing for thing in found})


SITES = st.builds(
    Site,
    st.just("plant"),
    st.just("Operations"),
    st.just(""),
    st.just({"server": Host("server")}),
    named(st.tuples(*map(zones, ZONES))),
    some([{"valve": Asset("valve", "a", "plant", function=EssentialFunction.SAFETY)}]),
    some([{"plant": Uplink("plant", "server", "eno1")}]),
    named(st.tuples(*map(services, SERVICES))),
    named(st.tuples(*map(conduits, ("read", "write", "watch")))),
    st.just({}),
    named(st.tuples(*map(workloads, NAMES))),
    st.lists(accepted(), max_size=3).map(tuple),
)
FACTS = st.builds(
    facts,
    cores=st.integers(1, 8),
    memory_mib=st.integers(100, 20000),
    acceleration=some([Acceleration(kvm, "It was tried.") for kvm in get_args(Verdict)]),
    versions=some([Versions((), (), (), ()), Versions((9, 0, 0), (7, 2), (1, 0, 6), (6, 1))]),
    iommu=st.booleans(),
    firmware=st.just(()),
)


@given(SITES, FACTS)
def test_no_rule_breaks_on_any_site(site: Site, host: HostFacts) -> None:
    broken = [str(one) for one in check(site, {"server": host}, NOW) if one.id == "RF-INT-001"]
    assert broken == []


@given(SITES, FACTS)
def test_the_hour_never_matters_only_the_day_in_utc(site: Site, host: HostFacts) -> None:
    midnight = NOW.replace(hour=0, minute=0)
    late = midnight + timedelta(hours=23, minutes=59)
    assert check(site, {"server": host}, midnight) == check(site, {"server": replace(host, at=late)}, late)


@given(SITES)
def test_worst_come_first(site: Site) -> None:
    ranks = [list(Severity).index(found.severity) for found in check(site, {"server": facts()}, NOW)]
    assert ranks == sorted(ranks)


@given(SITES)
def test_exceptions_take_away_what_they_name_and_nothing_else(site: Site) -> None:
    without = check(replace(site, exceptions=()), {"server": facts()}, NOW)
    reviewed = review(site, {"server": facts()}, NOW)
    kept = [found for found in reviewed.findings if not found.id.startswith("RF-EXC-")]
    silenced = [one.finding for one in reviewed.silenced]
    assert sorted(map(str, without)) == sorted(map(str, [*kept, *silenced]))
    assert all(
        (one.finding.id, one.finding.subject) == (one.accepted.rule, one.accepted.subject) for one in reviewed.silenced
    )
    assert all(found.severity is not Severity.ERROR for found in silenced)
