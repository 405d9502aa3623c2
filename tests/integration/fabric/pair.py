# SPDX-License-Identifier: Apache-2.0
"""A redundant pair that shares an address of each IP version, and those who talk with it."""

from __future__ import annotations

import subprocess
from ipaddress import IPv4Address, IPv6Address

from tests import factory
from tests.integration.fabric import frames
from tests.integration.fabric.stage import Stage, ports
from tests.integration.fabric.troupe import Troupe

from ringfence.compile.scope import Endpoints, Scope
from ringfence.site.conduit import Conduit
from ringfence.site.declared.reference import endpoint
from ringfence.site.service import Flow, Service
from ringfence.site.workload import Interface

SHARED = {4: "10.91.1.100", 6: "fd91:0:0:1::100"}
ASK, TELL = 8080, 9090
PAIR = ("first", "second")


def pair(name: str) -> Stage:
    """Return the stage: desk (another zone) and panel (the pair's own) ask it, and it tells desk."""
    both = (IPv4Address(SHARED[4]), IPv6Address(SHARED[6]))
    homes = {"first": "control", "second": "control", "panel": "control", "desk": "office"}
    workloads = [
        factory.workload(name, interfaces=(Interface("eth0", zone, shared=both if name in PAIR else ()),))
        for name, zone in homes.items()
    ]
    ends = tuple(endpoint(f"workload/{one}") for one in PAIR)
    desk, panel = endpoint("workload/desk"), endpoint("workload/panel")
    conduits = (
        Conduit("ask", (desk, panel), ends, ("ask",), "tests", "tests"),
        Conduit("tell", ends, (desk,), ("tell",), "tests", "tests"),
    )
    services = {
        name: Service(name, (Flow("tcp", ports(port)), Flow("udp", ports(port))))
        for name, port in (("ask", ASK), ("tell", TELL))
    }
    zones = [factory.zone("control", 1), factory.zone("office", 2)]
    site = factory.site(workloads, zones, name=name, conduits={one.name: one for one in conduits}, services=services)
    return Stage(site, Scope(name, "server1", "live", Endpoints.STUB))


def take(stage: Stage, troupe: Troupe, name: str, *, announce: bool = True) -> None:
    """Let one of the pair have the shared addresses, as keepalived does it: take them, then tell the neighbours."""
    for other in PAIR:
        if other != name:
            _address(stage, other, "del")
    _address(stage, name, "replace")
    if announce:
        troupe[name].ask("send", link="eth0", frames=announcements(mac_of(stage, name)))


def announcements(mac: str) -> list[str]:
    """Return a gratuitous ARP request (RFC 5227) and an unsolicited neighbour advertisement (RFC 4861)."""
    near = (mac, SHARED[4])
    override = b"\x20\0\0\0" + IPv6Address(SHARED[6]).packed + frames.target_link(2, mac)
    return [
        frames.ether(mac, frames.BROADCAST, 0x0806, frames.arp(1, near, ("00:00:00:00:00:00", SHARED[4]))),
        frames.ether(mac, frames.ALL_NODES, 0x86DD, frames.icmp6(SHARED[6], "ff02::1", 136, override)),
    ]


def mac_of(stage: Stage, name: str) -> str:
    return stage.bindings[name].interfaces["eth0"].mac


def neighbour(stage: Stage, version: int) -> str:
    """Return the MAC to which the router sends what is meant for the shared address."""
    words = ["ip", "-n", stage.scope.namespace, "neigh", "show", SHARED[version], "dev", "control"]
    shown = subprocess.run(words, capture_output=True, text=True, check=True).stdout.split()
    return shown[shown.index("lladdr") + 1] if "lladdr" in shown else ""


def _address(stage: Stage, name: str, verb: str) -> None:
    for version, address in SHARED.items():
        length = 32 if version == 4 else 128
        words = ["ip", "-n", stage.scope.stub(name), "address", verb, f"{address}/{length}", "dev", "eth0"]
        if version == 6 and verb == "replace":
            words.append("nodad")
        subprocess.run(words, capture_output=True, check=verb == "replace")
