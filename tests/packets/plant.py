# SPDX-License-Identifier: Apache-2.0
"""A fixed small site that has every kind of element: ranges, ping, both versions, dormant, probes, open peers."""

from __future__ import annotations

from dataclasses import replace

from tests import factory

from ringfence.compile.scope import Endpoints, Scope
from ringfence.site.conduit import Conduit, Endpoint
from ringfence.site.probe import Probe
from ringfence.site.rate import Rate
from ringfence.site.service import Flow, PortRange, Service
from ringfence.site.site import Site
from ringfence.site.workload import Interface

NAMES = ("plc-a", "plc-b", "scada")


def site() -> Site:
    """One zone with open peers, one without, every kind of element."""
    zones = [factory.zone("control", 1), factory.zone("dmz", 3, peers="open")]
    homes = dict(zip(NAMES, ("control", "control", "dmz"), strict=True))
    probes = (Probe("tcp", 502),)
    workloads = [factory.workload(name, interfaces=(Interface("eth0", homes[name]),), probes=probes) for name in NAMES]
    flows = (
        Flow("tcp", (PortRange(502, 502),)),
        Flow("udp", (PortRange(600, 601),)),
        Flow("icmp", ()),
        Flow("icmpv6", ()),
    )
    conduits = [
        Conduit(f"c-{near}-{far}", (Endpoint("workload", near),), (Endpoint("workload", far),), ("s",), "r", "o")
        for near, far in (("scada", "plc-a"), ("plc-a", "plc-b"))
    ]
    conduits[1] = replace(conduits[1], rate=Rate(packets=1000, connections=20, burst=200))
    asleep = replace(conduits[0], name="sleeps", source=(Endpoint("workload", "plc-b"),), dormant=True)
    conduits.append(replace(asleep, rate=Rate(connections=5)))
    return factory.site(
        workloads,
        zones,
        name="t-record",
        services={"s": Service("s", flows)},
        conduits={one.name: one for one in conduits},
    )


def scope() -> Scope:
    """Return the scope that its tools' output was recorded in."""
    return factory.scope(site="t-record", endpoints=Endpoints.STUB)
