# SPDX-License-Identifier: Apache-2.0
"""Addresses that two machines have in turn, with real packets: they move at once, and only to those who share them."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from tests.integration.fabric.pair import (
    ASK,
    PAIR,
    SHARED,
    TELL,
    announcements,
    mac_of,
    neighbour,
    pair,
    take,
)
from tests.integration.fabric.stage import Stage
from tests.integration.fabric.troupe import Troupe

AT_ONCE_S = 1.0
CLIENTS = ("desk", "panel")


@pytest.fixture(scope="module")
def stage() -> Iterator[Stage]:
    with pair("t-shared").standing() as found:
        assert found.drift() == []
        yield found


@pytest.fixture
def troupe(stage: Stage) -> Iterator[Troupe]:
    with stage.played("router") as found:
        found.serve((*PAIR, "desk"), tcp=(ASK, TELL), udp=(ASK, TELL))
        yield found


def reach(troupe: Troupe, version: int, seconds: float) -> dict[str, list[bool]]:
    order = {"targets": [[SHARED[version], ASK]], "seconds": seconds}
    return troupe.each("connect", dict.fromkeys(CLIENTS, order))


@pytest.mark.parametrize("version", [4, 6])
def test_whoever_has_the_shared_address_is_reached_by_it(stage: Stage, troupe: Troupe, version: int) -> None:
    for name in (*PAIR, PAIR[0]):
        take(stage, troupe, name)
        assert reach(troupe, version, 2) == {client: [True] for client in CLIENTS}
        assert neighbour(stage, version) == mac_of(stage, name)


@pytest.mark.parametrize("version", [4, 6])
def test_after_a_take_over_the_connection_comes_back_within_a_second(
    stage: Stage, troupe: Troupe, version: int
) -> None:
    """From the pair's own zone and from another one; the one who had it has gone without a word."""
    take(stage, troupe, "first")
    assert reach(troupe, version, 2) == {client: [True] for client in CLIENTS}
    take(stage, troupe, "second", announce=False)
    assert neighbour(stage, version) == mac_of(stage, "first")  # nobody told the router yet
    troupe["second"].ask("send", link="eth0", frames=announcements(mac_of(stage, "second")))
    assert reach(troupe, version, AT_ONCE_S) == {client: [True] for client in CLIENTS}
    assert neighbour(stage, version) == mac_of(stage, "second")


@pytest.mark.parametrize("version", [4, 6])
def test_both_may_speak_with_it_and_nobody_else(stage: Stage, troupe: Troupe, version: int) -> None:
    bound = stage.bindings["desk"].interfaces["eth0"]
    desk = str(bound.ipv4 if version == 4 else bound.ipv6)
    for name in PAIR:
        take(stage, troupe, name)
        asked = {"targets": [[desk, TELL]], "sources": [SHARED[version]], "seconds": 2}
        assert troupe[name].ask("connect", **asked) == [True]


@pytest.mark.parametrize("version", [4, 6])
def test_a_third_machine_cannot_draw_it_to_itself(stage: Stage, troupe: Troupe, version: int) -> None:
    take(stage, troupe, "first")
    assert reach(troupe, version, 2) == {client: [True] for client in CLIENTS}
    troupe["panel"].ask("send", link="eth0", frames=announcements(mac_of(stage, "panel")))
    troupe["panel"].ask("send", link="eth0", frames=announcements(mac_of(stage, "first")))
    assert neighbour(stage, version) == mac_of(stage, "first")
    assert reach(troupe, version, 2) == {client: [True] for client in CLIENTS}


def test_the_router_never_claims_it_against_those_who_share_it(stage: Stage, troupe: Troupe) -> None:
    """The router answers for peers, but not to one who takes an address of his own. IPv6 prefixes are off-link."""
    take(stage, troupe, "first")
    troupe.seen(0)
    troupe["second"].ask("send", link="eth0", frames=announcements(mac_of(stage, "second")))
    claims = {value.split()[0] for word, value in troupe["second"].ask("seen", seconds=0.5)["heard"] if word == "claim"}
    assert SHARED[4] not in claims
