# SPDX-License-Identifier: Apache-2.0
"""A workload with a leg in each of two zones, with real packets: who reaches which, and by which leg it answers."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from dataclasses import replace
from itertools import product
from typing import NamedTuple

import pytest
from tests.integration.fabric.legs import CONDUITS, legs, scada
from tests.integration.fabric.stage import Stage
from tests.integration.fabric.troupe import Troupe, token

from ringfence.compile.document import Kind
from ringfence.drivers.probes.driver import ProbeDriver

PORTS = sorted({port for *_, port in CONDUITS.values()})
WAIT_S = 2.0


class End(NamedTuple):
    workload: str
    interface: str


DECLARED = {
    (End("scada", "eth0"), End("plc", "eth0"), 502),
    (End("plc", "eth0"), End("scada", "eth0"), 9001),
    (End("desk", "eth0"), End("scada", "eth1"), 8080),
    (End("far", "eth0"), End("scada", "eth1"), 8443),
    (End("far", "eth0"), End("scada", "eth0"), 9000),
    (End("scada", "eth1"), End("archive", "eth0"), 8086),
    (End("desk", "eth0"), End("archive", "eth0"), 631),
    (End("scada", "eth1"), End("archive", "eth0"), 631),
}
"""Every conversation that the site declares, read from it by a person."""


@pytest.fixture(scope="module")
def stage() -> Iterator[Stage]:
    with legs("t-legs").standing() as found:
        yield found


@pytest.fixture(scope="module")
def troupe(stage: Stage) -> Iterator[Troupe]:
    with stage.played() as found:
        found.serve(stage.site.workloads, tcp=PORTS, udp=PORTS)
        yield found


def address(stage: Stage, end: End, version: int) -> str:
    bound = stage.bindings[end.workload].interfaces[end.interface]
    return str(bound.ipv4 if version == 4 else bound.ipv6)


def ends(stage: Stage) -> list[End]:
    return [End(name, nic.name) for name, one in stage.site.workloads.items() for nic in one.interfaces]


def test_what_stands_is_what_is_compiled_and_plan_tells_every_leg(stage: Stage) -> None:
    assert stage.drift() == []
    ports = {one.address.rpartition("/port/")[2] for one in stage.documents(Kind.PORT)}
    assert {"scada/eth0", "scada/eth1"} <= ports


@pytest.mark.parametrize("version", [4, 6])
def test_exactly_the_declared_conversations_are_made_at_each_leg(stage: Stage, troupe: Troupe, version: int) -> None:
    """Each address is tried from each address: a reply that left by the other leg would be lost."""
    orders, tried = {}, {}
    for name in stage.site.workloads:
        mine = [one for one in ends(stage) if one.workload == name]
        others = [one for one in ends(stage) if one.workload != name]
        tried[name] = list(product(mine, others, PORTS))
        orders[name] = {
            "targets": [[address(stage, far, version), port] for _, far, port in tried[name]],
            "sources": [address(stage, near, version) for near, *_ in tried[name]],
            "seconds": WAIT_S,
        }
    answers = troupe.each("connect", orders)
    made = {talk for name in tried for talk, yes in zip(tried[name], answers[name], strict=True) if yes}
    assert made == DECLARED


@pytest.mark.parametrize("version", [4, 6])
def test_without_choosing_an_address_a_guest_speaks_by_the_leg_of_the_conduit(
    stage: Stage, troupe: Troupe, version: int
) -> None:
    """UDP answers too: their sender's address comes from the route."""
    word = [token(), token()]
    asked = [
        [address(stage, End("plc", "eth0"), version), 502],
        [address(stage, End("archive", "eth0"), version), 8086],
    ]
    assert troupe["scada"].ask("connect", targets=asked, seconds=WAIT_S) == [True, True]
    spoken = [[*one, told] for one, told in zip(asked, word, strict=True)]
    assert troupe["scada"].ask("ask", targets=spoken, seconds=WAIT_S) == sorted(word)
    back = token()
    asks = [[address(stage, End("scada", "eth1"), version), 8080, back]]
    assert troupe["desk"].ask("ask", targets=asks, seconds=WAIT_S) == [back]


def test_the_probe_asks_the_leg_that_it_names(stage: Stage, troupe: Troupe) -> None:
    (probe,) = stage.site.workloads["scada"].probes
    assert (probe.interface, probe.port) == ("eth1", 8080)
    assert ProbeDriver().ask(stage.scope, probe, address(stage, End("scada", "eth1"), 4)).ok
    assert not ProbeDriver().ask(stage.scope, replace(probe, timeout=1), address(stage, End("scada", "eth0"), 4)).ok
    assert troupe["scada"].ask("seen", seconds=0)["opened"]


@pytest.mark.parametrize(
    "meddling",
    [
        "ip rule del lookup 102",
        "ip -6 rule del lookup 101",
        "ip route flush table 102",
        "ip route del 10.91.4.0/24",
        "ip route del default",
        "ip route add 10.99.0.0/16 via 10.91.2.1 dev eth1 proto static",
        "ip rule add from 10.91.9.9 lookup 102",
    ],
)
def test_a_way_that_was_changed_is_drift_and_is_mended(stage: Stage, meddling: str) -> None:
    subprocess.run(["ip", "netns", "exec", stage.scope.stub("scada"), *meddling.split()], check=True)
    assert stage.drift() != []
    stage.ensure(stage.changes())
    assert stage.drift() == []


def test_a_leg_comes_and_goes_while_the_other_stays() -> None:
    both = legs("t-legs-go")
    alone = replace(scada(), interfaces=scada().interfaces[:1], probes=())
    conduits = {name: one for name, one in both.site.conduits.items() if "eth1" not in str((one.source, one.target))}
    one = legs("t-legs-go")
    one.site = replace(both.site, workloads={**both.site.workloads, "scada": alone}, conduits=conduits)
    with both.standing():
        one.bindings = both.bindings
        one.ensure(one.changes())
        assert one.drift() == []
        both.ensure(both.changes())
        assert both.drift() == []
