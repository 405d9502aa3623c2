# SPDX-License-Identifier: Apache-2.0
"""Conduits that end: by the kernel's own timer, by a person, by apply. Both directions of what was open end too."""

from __future__ import annotations

import subprocess
import time
from collections.abc import Iterator

import pytest
from tests.integration.fabric.stage import Stage
from tests.integration.fabric.troupe import Troupe, token
from tests.packets.declared import address

from ringfence.base.errors import Refused
from ringfence.plan.change import Change

PORT = 8102
SLACK_S = 0.5
"""For a packet on its way and a beat of the agents."""


@pytest.fixture
def troupe(stage: Stage) -> Iterator[Troupe]:
    with stage.played() as found:
        found.serve(stage.site.workloads, tcp=(PORT, 502, 6000), udp=(PORT,))
        yield found


def hold(stage: Stage, troupe: Troupe, client: str, server: str, port: int, kind: str) -> bool:
    there = address(stage.bindings, server, 4)
    return bool(troupe[client].ask("hold", address=there, port=port, kind=kind))


def heard(troupe: Troupe, *names: str) -> list[float]:
    """Return when each stream of these agents heard something last."""
    return [one for name in names for one in troupe[name].ask("streams")]


def tracked(stage: Stage, source: str, target: str) -> str:
    ends = ["-s", address(stage.bindings, source, 4), "-d", address(stage.bindings, target, 4)]
    words = ["nsenter", f"--net=/run/netns/{stage.scope.namespace}", "conntrack", "-L", *ends]
    return subprocess.run(words, capture_output=True, text=True, check=False).stdout


def test_a_grant_ends_by_itself_in_both_directions(stage: Stage, troupe: Troupe) -> None:
    conduit = stage.document("conduit", "t-grant")
    assert not hold(stage, troupe, "jump", "plc-south", PORT, "tcp")
    stage.driver.grant(stage.scope, conduit, 3)
    end = time.monotonic() + 3
    (running,) = stage.driver.granted(stage.scope)
    assert (running.conduit, running.left_s in {2, 3}) == ("t-grant", True)
    assert stage.drift() == []
    assert hold(stage, troupe, "jump", "plc-south", PORT, "tcp")
    assert hold(stage, troupe, "jump", "plc-south", PORT, "udp")
    ping = [[address(stage.bindings, "plc-south", 4), token()]]
    assert troupe["jump"].ask("ping", targets=ping, seconds=1)
    while time.monotonic() < end - 0.3:
        troupe.rest(0.2, "jump", "plc-south")
    assert min(heard(troupe, "jump", "plc-south")) > end - 1  # all four ends were talking
    troupe.rest(2.0, "jump", "plc-south")
    assert len(heard(troupe, "jump", "plc-south")) == 4
    assert max(heard(troupe, "jump", "plc-south")) < end + SLACK_S
    assert stage.driver.granted(stage.scope) == ()
    assert not hold(stage, troupe, "jump", "plc-south", PORT, "tcp")


def test_closing_a_grant_ends_it_at_once(stage: Stage, troupe: Troupe) -> None:
    conduit = stage.document("conduit", "t-grant")
    stage.driver.grant(stage.scope, conduit, 2)
    stage.driver.grant(stage.scope, conduit, 600)  # prolonged
    assert stage.driver.granted(stage.scope)[0].left_s > 500
    assert hold(stage, troupe, "jump", "plc-south", PORT, "tcp")
    assert "ESTABLISHED" in tracked(stage, "jump", "plc-south")
    stage.driver.close(stage.scope, conduit)
    closed = time.monotonic()
    assert tracked(stage, "jump", "plc-south") == ""
    troupe.rest(1.0, "jump", "plc-south")
    assert max(heard(troupe, "jump", "plc-south")) < closed + SLACK_S
    assert stage.driver.granted(stage.scope) == ()
    assert stage.drift() == []


def test_what_two_conduits_name_passes_until_both_are_closed(stage: Stage, troupe: Troupe) -> None:
    documents = [stage.document("conduit", name) for name in ("poll", "t-poll-too")]
    assert hold(stage, troupe, "scada", "plc-north", 502, "tcp")
    assert hold(stage, troupe, "plc-north", "plc-south", 6000, "tcp")  # of a third conduit
    try:
        stage.driver.ensure(stage.scope, [Change(documents[0], None)])
        once = time.monotonic()
        troupe.rest(0.8, "scada", "plc-north")
        assert min(heard(troupe, "scada")) > once + 0.3
        stage.driver.ensure(stage.scope, [Change(documents[1], None)])
        twice = time.monotonic()
        troupe.rest(1.0, "scada", "plc-north", "plc-south")
        assert max(heard(troupe, "scada")) < twice + SLACK_S
        assert min(heard(troupe, "plc-south")) > twice + SLACK_S
        assert tracked(stage, "scada", "plc-north") == ""
        assert "ESTABLISHED" in tracked(stage, "plc-north", "plc-south")
    finally:
        stage.driver.ensure(stage.scope, [Change(None, one) for one in documents])
    assert stage.drift() == []


def test_a_standing_conduit_is_closed_and_opened_again(stage: Stage, troupe: Troupe) -> None:
    conduit = stage.document("conduit", "set-up")
    assert hold(stage, troupe, "station", "plc-north", 502, "tcp")
    stage.driver.close(stage.scope, conduit)
    closed = time.monotonic()
    troupe.rest(0.8, "station", "plc-north")
    assert max(heard(troupe, "station", "plc-north")) < closed + SLACK_S
    assert stage.drift() != []
    stage.driver.ensure(stage.scope, [Change(None, conduit)])
    assert stage.drift() == []
    assert hold(stage, troupe, "station", "plc-north", 502, "tcp")


def test_removing_a_dormant_conduit_ends_its_grant(stage: Stage, troupe: Troupe) -> None:
    conduit = stage.document("conduit", "t-grant")
    stage.driver.grant(stage.scope, conduit, 600)
    stage.driver.ensure(stage.scope, [Change(conduit, None)])
    assert stage.driver.granted(stage.scope) == ()
    assert not hold(stage, troupe, "jump", "plc-south", PORT, "tcp")
    stage.driver.ensure(stage.scope, [Change(None, conduit)])
    assert stage.drift() == []


def test_only_dormant_conduits_are_granted(stage: Stage) -> None:
    with pytest.raises(Refused, match="cannot be granted"):
        stage.driver.grant(stage.scope, stage.document("conduit", "poll"), 60)
