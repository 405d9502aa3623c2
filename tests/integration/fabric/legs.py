# SPDX-License-Identifier: Apache-2.0
"""A site whose scada stands in two zones, with conduits to each of its interfaces and from each of them."""

from __future__ import annotations

from tests import factory
from tests.integration.fabric.stage import Stage, ports

from ringfence.compile.scope import Endpoints, Scope
from ringfence.site.conduit import Conduit
from ringfence.site.declared.reference import endpoint
from ringfence.site.probe import Probe
from ringfence.site.service import Flow, Service
from ringfence.site.workload import Interface, Workload

ZONES = ("control", "office", "dmz", "history")
HOMES = {"plc": "control", "desk": "office", "far": "dmz", "archive": "history"}
CONDUITS = {
    "poll": ("workload/scada", "workload/plc", 502),
    "told": ("workload/plc", "workload/scada", 9001),
    "watch": ("workload/desk", "workload/scada/eth1", 8080),
    "watch-far": ("workload/far", "workload/scada/eth1", 8443),
    "mend-far": ("workload/far", "workload/scada", 9000),
    "store": ("workload/scada/eth1", "zone/history", 8086),
    "print": ("zone/office", "workload/archive", 631),
}
"""From, to and TCP port; UDP too."""


def scada(*more: Interface) -> Workload:
    nics = (Interface("eth0", "control"), Interface("eth1", "office", reason="Operators watch it."), *more)
    return factory.workload("scada", interfaces=nics, probes=(Probe("tcp", 8080, timeout=3, interface="eth1"),))


def legs(name: str) -> Stage:
    """Return the stage with stubs."""
    zones = [factory.zone(zone, number) for number, zone in enumerate(ZONES, 1)]
    workloads = [factory.workload(name, interfaces=(Interface("eth0", zone),)) for name, zone in HOMES.items()]
    conduits = {
        name: Conduit(name, (endpoint(near),), (endpoint(far),), (f"s{port}",), "tests", "tests")
        for name, (near, far, port) in CONDUITS.items()
    }
    services = {
        f"s{port}": Service(f"s{port}", (Flow("tcp", ports(port)), Flow("udp", ports(port))))
        for *_, port in CONDUITS.values()
    }
    site = factory.site([scada(), *workloads], zones, name=name, conduits=conduits, services=services)
    return Stage(site, Scope(name, "server1", "live", Endpoints.STUB))
