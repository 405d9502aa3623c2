# SPDX-License-Identifier: Apache-2.0
"""A bay as it stands in a yard: a switch of its own with devices, one of which nobody declared."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from tests.packets import bay

SWITCH = "t-bay-switch"
STRANGER = "02:00:5e:00:00:99"
DEVICES = {**bay.DEVICES, "stranger": STRANGER}
"""MAC by name; the last is no asset of the site."""


def sh(*lines: str, within: str = "") -> str:
    """Run lines of sh, in a namespace where it is named; return what they print."""
    enter = ["nsenter", f"--net=/run/netns/{within}"] if within else []
    done = subprocess.run([*enter, "sh", "-ec", "\n".join(lines)], check=True, capture_output=True, text=True)
    return done.stdout


def space(device: str) -> str:
    """Return the namespace of a device."""
    return f"t-bay-{device}"


@contextmanager
def yard(wire: str = bay.WIRE) -> Iterator[None]:
    """Yield with the wire plugged in: its other end is a port of the switch."""
    try:
        sh(*_make(wire))
        yield
    finally:
        for name in (SWITCH, *map(space, DEVICES)):
            subprocess.run(["ip", "netns", "del", name], check=False, capture_output=True)
        subprocess.run(["ip", "link", "del", "dev", wire], check=False, capture_output=True)


def _make(wire: str) -> Iterator[str]:
    quiet = "echo 1 >/proc/sys/net/ipv6/conf/default/disable_ipv6"
    yield f"ip netns add {SWITCH}; nsenter --net=/run/netns/{SWITCH} sh -c '{quiet}'"
    yield f"ip -n {SWITCH} link add lan type bridge mcast_snooping 0; ip -n {SWITCH} link set lan up"
    yield f"ip link add {wire} type veth peer name plug netns {SWITCH}; ip -n {SWITCH} link set plug master lan up"
    for number, (device, mac) in enumerate(DEVICES.items(), 1):
        here = space(device)
        yield f"ip netns add {here}; nsenter --net=/run/netns/{here} sh -c '{quiet}'"
        yield f"ip -n {SWITCH} link add {device} type veth peer name eth0 netns {here}"
        yield f"ip -n {here} link set eth0 address {mac} up; ip -n {here} address add 192.0.2.{number}/24 dev eth0"
        yield f"ip -n {SWITCH} link set {device} master lan up"


def sent_into_yard() -> int:
    """Return how many frames have left the host by the wire."""
    shown = json.loads(sh(f"ip -n {SWITCH} -s -j link show dev plug"))
    return int(shown[0]["stats64"]["rx"]["packets"])


def looks(wire: str = bay.WIRE) -> Mapping[str, Any]:
    """Return all that can be changed of an interface, as far as anybody could notice."""
    (link,) = json.loads(sh(f"ip -j -d link show dev {wire}"))
    kept = {key: value for key, value in link.items() if key not in {"qdisc", "operstate"}}
    kept["flags"] = sorted(set(link["flags"]) - {"LOWER_UP"})
    return {**kept, "disable_ipv6": sh(f"cat /proc/sys/net/ipv6/conf/{wire}/disable_ipv6").strip()}
