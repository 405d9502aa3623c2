# SPDX-License-Identifier: Apache-2.0
"""A small site in which much is said to many: broadcasts, groups of both versions, VRRP, and members shared."""

from __future__ import annotations

from ipaddress import ip_address

from tests import factory

from ringfence.compile.scope import Endpoints, Scope
from ringfence.site.catalogue import CATALOGUE
from ringfence.site.conduit import Conduit
from ringfence.site.declared.reference import endpoint
from ringfence.site.service import Flow, PortRange, Service
from ringfence.site.site import Site
from ringfence.site.workload import Interface

HOMES = {
    "plc-a": "control",
    "plc-b": "control",
    "plc-c": "control",
    "scada": "supervision",
    "station": "supervision",
    "guest": "office",
}
IO_GROUP, TELEMETRY_GROUP = "239.192.1.7", "ff05::4840"
BACNET, IO, TELEMETRY, CHATTER = 47808, 2222, 4841, 5555


def _to_many(port: int, *, last: int = 0, group: str = "", back: bool = False) -> Flow:
    return Flow(
        "udp",
        (PortRange(port, last or port),),
        "back" if back else "forward",
        "multicast" if group else "broadcast",
        ip_address(group) if group else None,
    )


_SERVICES = (
    Service("io", (_to_many(IO, group=IO_GROUP),)),
    Service("telemetry", (_to_many(4840, last=4843, group=TELEMETRY_GROUP),)),
    Service("chatter", (_to_many(CHATTER), _to_many(CHATTER, back=True))),
)
_CONDUITS = (
    ("who-is", ("workload/scada",), ("workload/plc-a", "workload/plc-b"), "bacnet-who-is"),
    ("who-is-too", ("workload/scada",), ("workload/station", "workload/plc-a"), "bacnet-who-is"),
    ("io", ("workload/plc-a",), ("workload/scada", "zone/office"), "io"),
    ("telemetry", ("workload/plc-b",), ("workload/station", "workload/plc-a"), "telemetry"),
    ("pair", ("workload/plc-a",), ("workload/plc-b",), "vrrp"),
    ("pair-too", ("workload/scada",), ("workload/station",), "vrrp-unicast"),
    ("chatter", ("zone/control",), ("zone/supervision",), "chatter"),
)


def site(name: str = "t-many") -> Site:
    """Return the site; ``plc-c`` and ``guest`` are named by a zone alone."""
    zones = [factory.zone(zone, number) for number, zone in enumerate(dict.fromkeys(HOMES.values()), 1)]
    workloads = [factory.workload(one, interfaces=(Interface("eth0", zone),)) for one, zone in HOMES.items()]
    conduits = {
        one: Conduit(one, tuple(map(endpoint, near)), tuple(map(endpoint, far)), (service,), "test", "tests")
        for one, near, far, service in _CONDUITS
    }
    services = {**CATALOGUE, **{one.name: one for one in _SERVICES}}
    return factory.site(workloads, zones, name=name, services=services, conduits=dict(sorted(conduits.items())))


def scope(name: str = "t-many", **changes: object) -> Scope:
    """Return a scope with stubs in place of guests."""
    return factory.scope(site=name, endpoints=Endpoints.STUB, **changes)
