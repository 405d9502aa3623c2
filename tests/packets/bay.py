# SPDX-License-Identifier: Apache-2.0
"""A fixed small bay: a layer-2 zone with guests and a wire to devices, and a routed zone where frames pass as well."""

from __future__ import annotations

from dataclasses import replace
from ipaddress import IPv4Address, IPv6Address

from tests import factory

from ringfence.base.ethertype import GOOSE, PROFINET
from ringfence.compile.bindings import Bindings, InterfaceBinding
from ringfence.compile.scope import Endpoints, Scope
from ringfence.site.asset import Asset
from ringfence.site.conduit import Conduit, LayerTwo
from ringfence.site.declared.reference import endpoint
from ringfence.site.service import Flow, PortRange, Service
from ringfence.site.site import Site
from ringfence.site.uplink import Uplink
from ringfence.site.workload import Interface
from ringfence.site.zone import Zone

WIRE = "t-bay0"
"""Interface of the host that leads to the devices."""
VLAN = 5
GROUP = "01:0c:cd:01:00:0{}"
"""GOOSE groups (IEC 61850-8-1 annex B)."""
IDENTIFY = "01:0e:cf:00:00:00"
"""Whom PROFINET DCP asks who is there (IEC 61158-6-10)."""
DEVICES = {"ied-1": "02:00:5e:00:00:01", "ied-2": "02:00:5e:00:00:02"}
HOMES = {"relay": "bay", "hmi": "bay", "third": "bay", "plc-a": "control", "plc-b": "control"}
MACS = {name: f"52:54:00:00:00:{number:02x}" for number, name in enumerate(HOMES, 10)}


def site(name: str = "t-bay", wire: str = WIRE) -> Site:
    """Two conduits from the same sender share what it may say; one names a VLAN; one is to a single device."""
    zones = [
        factory.zone("control", 1),
        Zone("bay", 1, factory.zone().security, None, None, "ringfence", None, None, dhcp=False),
    ]
    workloads = [factory.workload(name, interfaces=(Interface("eth0", zone),)) for name, zone in HOMES.items()]
    conduits = [
        _frames("trip", "workload/relay", "workload/hmi", 1),
        _frames("trip-bay", "workload/relay", "asset/ied-1", 1),
        _frames("status", "asset/ied-1", "workload/relay", 2),
        _frames("status-two", "asset/ied-2", "workload/third", 3),
        _frames("tagged", "workload/relay", "workload/third", 4, vlan=VLAN),
        _frames("cyclic", "workload/plc-a", "workload/plc-b", MACS["plc-b"], PROFINET),
        _frames("identify", "workload/plc-a", "workload/plc-b", IDENTIFY, PROFINET),
        Conduit("talk", (endpoint("workload/plc-a"),), (endpoint("workload/plc-b"),), ("talk",), "test", "tests"),
    ]
    return factory.site(
        workloads,
        zones,
        name=name,
        uplinks={"yard": Uplink("yard", "server1", wire, layer2="bay")},
        assets={one: Asset(one, "bay", "yard", mac=mac) for one, mac in DEVICES.items()},
        services={"talk": Service("talk", (Flow("udp", (PortRange(5000, 5000),)),))},
        conduits={one.name: one for one in conduits},
    )


def bindings(of: Site) -> Bindings:
    """Return bindings; only who is in the routed zone has addresses."""
    found = {}
    for number, (name, zone) in enumerate(HOMES.items(), 10):
        routed = zone == "control"
        bound = InterfaceBinding(
            MACS[name],
            IPv4Address(f"10.91.1.{number}") if routed else None,
            IPv6Address(f"fd91:0:0:1::{number}") if routed else None,
            f"rft{number}-{of.name[-6:]}",
        )
        found[name] = replace(factory.binding(of.workloads[name], number), interfaces={"eth0": bound})
    return found


def scope(name: str = "t-bay", fabric: str = "live") -> Scope:
    """Return a scope with stubs for guests."""
    return Scope(name, "server1", fabric, Endpoints.STUB)


def _frames(
    name: str, source: str, target: str, group: int | str, kind: int = GOOSE, vlan: int | None = None
) -> Conduit:
    mac = GROUP.format(group) if isinstance(group, int) else group
    frames = LayerTwo(kind, mac, vlan)
    return Conduit(name, (endpoint(source),), (endpoint(target),), (), "test", "tests", layer2=frames)
