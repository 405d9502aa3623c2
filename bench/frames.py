# SPDX-License-Identifier: Apache-2.0
"""How long a GOOSE frame takes through a layer-2 conduit, against a plain bridge: ``python bench/frames.py [ROUNDS]``.

Needs root. Stubs of a compiled fabric on one side, and on the other namespaces at a bridge without any rule, with as
many ports, in a namespace of its own, where no table of the fabric is asked. The ways take turns, so that a busy
machine is as busy for each; the frame is that of a protection relay (a group, a tag with a priority alone, 160 bytes).
"""

from __future__ import annotations

import ctypes
import os
import socket
import statistics
import struct
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from tests.integration.fabric.frames import ether, tagged
from tests.integration.fabric.stage import Stage
from tests.integration.fabric.yard import space, yard
from tests.packets import bay

from ringfence.base.ethertype import GOOSE

NAME = "t-bench"
ROUNDS, FRAMES, WARM = 40, 500, 50
GROUP = bay.GROUP.format(1)
PRIORITY = 4 << 13
MOST_P50, MOST_P99 = 2.5, 4.0
PLAIN = "t-bench-plain"
_NEWNET = 0x40000000  # CLONE_NEWNET (sched.h)
_ALL = 3  # ETH_P_ALL (linux/if_ether.h)


class Way(NamedTuple):
    """Where frames go in and come out; ``name`` is how the figures call it."""

    name: str
    into: socket.socket
    out: socket.socket
    frame: bytes


def main() -> int:
    """Print the figures; 1 when one is missed."""
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else ROUNDS
    site = bay.site(NAME)
    stage = Stage(site, bay.scope(NAME), bindings=bay.bindings(site))
    with yard(), stage.standing(), plain():
        return report(list(ways(stage)), rounds)


def ways(stage: Stage) -> Iterator[Way]:
    """Yield the plain bridge first, then the conduits."""
    stub = stage.scope.stub
    for name, near, far, link in (
        ("plain bridge", f"{PLAIN}-a", f"{PLAIN}-b", "eth0"),
        ("layer-2 conduit, guest to guest", stub("relay"), stub("hmi"), "eth0"),
        ("layer-2 conduit, guest to device", stub("relay"), space("ied-1"), "eth0"),
    ):
        goose = struct.pack("!H", 0x0001).ljust(146, b"\0")
        frame = bytes.fromhex(ether(bay.MACS["relay"], GROUP, 0x8100, tagged(PRIORITY, GOOSE, goose)))
        yield Way(name, at(near, link), at(far, link), frame)


def report(known: list[Way], rounds: int) -> int:
    taken = measure(known, rounds)
    base, good = taken[known[0].name], True
    for name, times in taken.items():
        halves = statistics.quantiles(times, n=100)
        ratio50, ratio99 = halves[49] / percentile(base, 50), halves[98] / percentile(base, 99)
        print(
            f"{name:34} p50 {halves[49] / 1000:7.1f} us   p99 {halves[98] / 1000:7.1f} us"
            f"   ratios {ratio50:.2f} and {ratio99:.2f}"
        )
        good = good and ratio50 <= MOST_P50 and ratio99 <= MOST_P99
    print(f"wanted: ratios of at most {MOST_P50} (p50) and {MOST_P99} (p99)")
    return 0 if good else 1


def percentile(times: list[int], number: int) -> float:
    return statistics.quantiles(times, n=100)[number - 1]


def measure(known: list[Way], rounds: int) -> dict[str, list[int]]:
    """Return nanoseconds from the call that sends to the frame in hand, by way."""
    found: dict[str, list[int]] = {way.name: [] for way in known}
    for _ in range(rounds):
        for way in known:
            times = [once(way) for _ in range(WARM + FRAMES)]
            found[way.name] += times[WARM:]
    return found


def once(way: Way) -> int:
    began = time.perf_counter_ns()
    way.into.send(way.frame)
    while True:
        data, (_, _, direction, *_) = way.out.recvfrom(2048)
        if direction != socket.PACKET_OUTGOING and data[:6] == way.frame[:6]:
            return time.perf_counter_ns() - began


def at(namespace: str, link: str) -> socket.socket:
    """Return a packet socket in a namespace: opened in a thread that has gone there."""
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(_open, namespace, link).result()


def _open(namespace: str, link: str) -> socket.socket:
    with Path(f"/run/netns/{namespace}").open() as place:
        if ctypes.CDLL(None, use_errno=True).setns(place.fileno(), _NEWNET):
            raise OSError(ctypes.get_errno(), "setns")
    found = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(_ALL))
    found.bind((link, _ALL))
    found.settimeout(5)
    return found


@contextmanager
def plain() -> Iterator[None]:
    """Yield with four namespaces at a bridge that nothing guards, as many as the bay's bridge has ports."""
    ends = [f"{PLAIN}-{end}" for end in "abcd"]
    quiet = "echo 1 >/proc/sys/net/ipv6/conf/default/disable_ipv6"
    try:
        for name in (PLAIN, *ends):
            run(f"ip netns add {name}; nsenter --net=/run/netns/{name} sh -c '{quiet}'")
        run(f"ip -n {PLAIN} link add lan type bridge mcast_snooping 0; ip -n {PLAIN} link set lan up")
        for number, end in enumerate(ends):
            run(f"ip -n {PLAIN} link add p{number} type veth peer name eth0 netns {end}; ip -n {end} link set eth0 up")
            run(f"ip -n {PLAIN} link set p{number} master lan up")
        yield
    finally:
        for name in (PLAIN, *ends):
            subprocess.run(["ip", "netns", "del", name], check=False, capture_output=True)


def run(line: str) -> None:
    subprocess.run(["sh", "-ec", line], check=True)


if __name__ == "__main__":
    if os.geteuid() != 0:
        sys.exit("This needs root: it makes network namespaces.")
    sys.exit(main())
