# SPDX-License-Identifier: Apache-2.0
"""A datagram through the router's namespace, against one plain bridge: ``python bench/latency.py [ROUNDS]``.

Needs root. Stubs of a compiled fabric and devices of a simulated plant on one side, two namespaces at a bridge without
any rule on the other. The ways take turns, so that a busy machine is as busy for each; a datagram has 64 bytes.
"""

from __future__ import annotations

import os
import socket
import statistics
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from examples.outside.lan import Lan
from examples.outside.space import Space
from tests.integration.outside.grounds import Grounds, laid_out

from ringfence.site.conduit import Conduit, Endpoint
from ringfence.site.service import Flow, PortRange, Service
from ringfence.site.site import Site

NAME = "t-bench"
ROUNDS, DATAGRAMS, WARM = 40, 500, 50
PORT = 5000
BODY = b"x" * 64


class Way(NamedTuple):
    """Where datagrams go in and come out; ``name`` is how the figures call it."""

    name: str
    into: socket.socket
    out: socket.socket


def main() -> int:
    """Print the figures; no figure was set, so that it always ends well."""
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else ROUNDS
    with laid_out() as grounds, plain() as bridge:
        grounds.stage.site = talking(grounds.stage.site)
        grounds.stage.up()
        report(list(ways(grounds, bridge)), rounds)
    return 0


def talking(site: Site) -> Site:
    """Return the site with datagrams in the place of Modbus, and with a conduit from zone to zone."""
    service = Service("modbus", (Flow("udp", (PortRange(PORT, PORT),)),))
    ends = (Endpoint("workload", "view"),), (Endpoint("workload", "hist"),)
    zones = Conduit("zones", *ends, ("modbus",), "Measured.", "Bench")
    return replace(site, services={**site.services, "modbus": service}, conduits={**site.conduits, "zones": zones})


@contextmanager
def plain() -> Iterator[Lan]:
    """Yield a bridge with two devices."""
    lan = Lan(f"{NAME}-plain")
    try:
        lan.make()
        lan.join("near", "192.0.2.1/24")
        lan.join("far", "192.0.2.2/24")
        yield lan
    finally:
        lan.remove()


def ways(grounds: Grounds, bridge: Lan) -> Iterator[Way]:
    """Yield the plain bridge first, then what leads through the router."""
    stub = {name: Space(grounds.stage.scope.stub(name)) for name in grounds.stage.site.workloads}
    devices = grounds.devices
    yield _way("plain bridge", bridge.device("near"), bridge.device("far"), "192.0.2.2")
    yield _way("conduit between two zones", stub["view"], stub["hist"], "10.78.1.11")
    yield _way("asset in one subnet", stub["hist"], devices["plc"], "10.78.1.7")
    yield _way("asset of a translated skid", stub["view"], devices["skid1"], "10.201.0.10")


def _way(name: str, near: Space, far: Space, address: str) -> Way:
    out = far.inside(_listening)
    into = near.inside(lambda: _aimed(address))
    return Way(name, into, out)


def _listening() -> socket.socket:
    found = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    found.settimeout(5)
    found.bind(("", PORT))
    return found


def _aimed(address: str) -> socket.socket:
    found = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    found.connect((address, PORT))
    return found


def report(known: list[Way], rounds: int) -> None:
    taken = measure(known, rounds)
    base = [statistics.quantiles(taken[known[0].name], n=100)[place] for place in (49, 98)]
    for name, times in taken.items():
        cuts = statistics.quantiles(times, n=100)
        p50, p99 = cuts[49], cuts[98]
        print(
            f"{name:28} p50 {p50 / 1000:7.1f} us   p99 {p99 / 1000:7.1f} us"
            f"   added {(p50 - base[0]) / 1000:6.1f} and {(p99 - base[1]) / 1000:6.1f} us"
            f"   ratios {p50 / base[0]:.2f} and {p99 / base[1]:.2f}"
        )


def measure(known: list[Way], rounds: int) -> dict[str, list[int]]:
    """Return nanoseconds from the call that sends to the datagram in hand, by way."""
    found: dict[str, list[int]] = {way.name: [] for way in known}
    for _ in range(rounds):
        for way in known:
            times = [once(way) for _ in range(WARM + DATAGRAMS)]
            found[way.name] += times[WARM:]
    return found


def once(way: Way) -> int:
    began = time.perf_counter_ns()
    way.into.send(BODY)
    way.out.recv(128)
    return time.perf_counter_ns() - began


if __name__ == "__main__":
    if os.geteuid() != 0:
        sys.exit("This needs root: it makes network namespaces.")
    sys.exit(main())
