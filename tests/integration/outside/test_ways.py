# SPDX-License-Identifier: Apache-2.0
"""Real packets over every way to the plant: exactly what conduits name passes, and nobody outside notices the rest."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import permutations
from typing import NamedTuple

import pytest
from examples.outside.bystanders import Bystanders
from tests.integration.fabric.troupe import Troupe, token
from tests.integration.outside.grounds import Grounds, laid_out

TCP = (22, 443, 502, 7000)
UDP = (502, 5000)
PATIENCE_S = 2.5
ADDRESSES = {
    "hist": ("10.78.1.11", "fd78:0:0:1::11"),
    "mate": ("10.78.1.12", "fd78:0:0:1::12"),
    "scada": ("10.78.2.11",),
    "view": ("10.78.3.11",),
    "plc": ("10.78.1.7", "fd78:0:0:1::7"),
    "drive": ("10.78.1.6",),
    "third": ("10.78.1.8", "fd78:0:0:1::8"),
    "wall": ("10.78.2.254",),
    "dcs": ("172.16.9.5",),
    "clerk": ("10.78.2.20",),
    "edge": ("10.78.250.1",),
    "cloud": ("172.17.0.9", "172.17.0.5"),
    "skid1": ("10.201.0.10", "192.168.0.10"),
    "skid2": ("10.202.0.10", "192.168.0.10"),
    "stray": ("10.201.0.99", "192.168.0.99"),
}
WORKLOADS = ("hist", "mate", "scada", "view")
NETWORKS = {
    **dict.fromkeys(("dcs", "wall", "clerk"), "office"),
    **dict.fromkeys(("edge", "cloud"), "transit"),
    **dict.fromkeys(("skid1", "stray"), "skid1"),
    "skid2": "skid2",
}
"""Networks of the plant, on which devices meet without Ringfence; all others are on the first one."""


class Talk(NamedTuple):
    """Who reaches whom, at which of its addresses, on which port; port 0 for ping."""

    source: str
    target: str
    address: str
    port: int


DECLARED = {
    *(Talk("hist", "plc", address, 502) for address in ADDRESSES["plc"]),
    *(Talk("plc", "mate", address, 502) for address in ADDRESSES["mate"]),
    Talk("drive", "hist", "10.78.1.11", 7000),
    Talk("dcs", "scada", "10.78.2.11", 502),
    Talk("scada", "wall", "10.78.2.254", 443),
    Talk("view", "cloud", "172.17.0.9", 443),
    Talk("cloud", "view", "10.78.3.11", 22),
    Talk("view", "skid1", "10.201.0.10", 502),
    Talk("view", "stray", "10.201.0.99", 502),  # one of the skid's declared range
    Talk("view", "skid2", "10.202.0.10", 502),
    Talk("plc", "cloud", "172.17.0.5", 443),
}
PINGED = {
    *(Talk("hist", "plc", address, 0) for address in ADDRESSES["plc"]),
    Talk("dcs", "scada", "10.78.2.11", 0),
    Talk("view", "cloud", "172.17.0.9", 0),
    Talk("view", "skid1", "10.201.0.10", 0),
    Talk("view", "stray", "10.201.0.99", 0),
    Talk("view", "skid2", "10.202.0.10", 0),
}
ASKED = {Talk("hist", "plc", address, 5000) for address in ADDRESSES["plc"]}


@pytest.fixture(scope="module")
def grounds() -> Iterator[Grounds]:
    with laid_out() as found:
        found.stage.up()
        yield found


@pytest.fixture(scope="module")
def players(grounds: Grounds) -> Iterator[Troupe]:
    with grounds.played() as found:
        found.serve(ADDRESSES, tcp=TCP, udp=UDP)
        yield found


def test_what_was_compiled_is_what_is_observed(grounds: Grounds) -> None:
    assert grounds.stage.drift() == []


def test_exactly_the_declared_connections_are_made(players: Troupe) -> None:
    tried = tries(TCP)
    orders = {
        name: {"targets": [[one.address, one.port] for one in found], "seconds": PATIENCE_S}
        for name, found in tried.items()
    }
    answers = players.each("connect", orders)
    made = {one for name, found in tried.items() for one, yes in zip(found, answers[name], strict=True) if yes}
    assert made == DECLARED


@pytest.mark.parametrize(("do", "ports", "wanted"), [("ask", UDP, ASKED), ("ping", (0,), PINGED)])
def test_exactly_the_declared_datagrams_are_answered(
    players: Troupe, do: str, ports: tuple[int, ...], wanted: set[Talk]
) -> None:
    tried = tries(ports)
    words = {one: token() for found in tried.values() for one in found}
    orders = {
        name: {
            "targets": [[one.address, *([one.port] if one.port else []), words[one]] for one in found],
            "seconds": PATIENCE_S,
        }
        for name, found in tried.items()
    }
    answers = players.each(do, orders)
    heard = {one for found in tried.values() for one in found if words[one] in answers[one.source]}
    assert heard == wanted


def test_devices_that_are_nobody_s_business_notice_nothing(grounds: Grounds, players: Troupe) -> None:
    third, fourth = grounds.devices["third"], grounds.devices["fourth"]
    with Bystanders(third, fourth, "10.78.1.9") as bystanders:
        assert players["hist"].ask("ping", targets=[["10.78.1.7", token()]], seconds=PATIENCE_S)
        assert players["hist"].ask("ping", targets=[["10.78.1.8", token()]], seconds=0.5) == []
        assert bystanders.same()


def tries(ports: tuple[int, ...]) -> dict[str, list[Talk]]:
    """Return what each tries with each, but for devices that meet in the plant."""
    found: dict[str, list[Talk]] = {name: [] for name in ADDRESSES}
    for source, target in permutations(ADDRESSES, 2):
        for one in ADDRESSES[target]:
            if not meet(source, target, one):
                found[source] += [Talk(source, target, one, port) for port in ports]
    return found


def meet(source: str, target: str, address: str) -> bool:
    """Tell whether an address is on a network of the plant that the source is on itself."""
    if source in WORKLOADS or target in WORKLOADS:
        return False
    if address.startswith("192.168.0."):
        return network(source).startswith("skid")
    return network(source) == network(target)


def network(name: str) -> str:
    return NETWORKS.get(name, "plant")
