# SPDX-License-Identifier: Apache-2.0
"""Layer-2 conduits in plans and drift, in words."""

from __future__ import annotations

from dataclasses import replace

from tests.unit.plan.plant import Strict

from ringfence.compile.document import Artifact, Document, Kind
from ringfence.plan.change import Change, Impact
from ringfence.plan.compare import compare
from ringfence.plan.flows import flow_changes
from ringfence.plan.impact import impact_of
from ringfence.plan.plan import FlowChange
from ringfence.plan.sentences import sentences
from ringfence.plan.titles import title

WHAT = "0x88b8 . 52:54:00:00:00:0a . 01:0c:cd:01:00:01"
SAYS, PASSES, TAGGED = (
    f'element/says/"relay" . {WHAT}',
    f'element/frames/"relay" . "eno2" . {WHAT}',
    f'element/frames_5/"relay" . "eno2" . {WHAT}',
)
NAMES = {"52:54:00:00:00:0a": "workload/relay", "eno2": "uplink/yard"}


def frames(*keys: str) -> Document:
    return Document("host/h/live/frames/trip", Kind.FRAMES, {"state": "open", **dict.fromkeys(keys, "member")})


def test_flows_are_named_by_frame_group_and_vlan() -> None:
    group = "GOOSE 0x88b8 to 01:0c:cd:01:00:01"
    assert flow_changes([Change(frames(SAYS, PASSES), frames(SAYS, TAGGED))], NAMES) == (
        FlowChange("conduit/trip", "workload/relay", "uplink/yard", group, opens=False),
        FlowChange("conduit/trip", "workload/relay", "uplink/yard", f"{group} in VLAN 5", opens=True),
    )


def test_ends_that_nobody_knows_are_shown_as_they_are() -> None:
    (found,) = flow_changes([Change(None, frames(SAYS, PASSES))], {})
    assert (found.source, found.target) == ("52:54:00:00:00:0a", "eno2")


def test_drift_says_which_frames() -> None:
    (change,) = compare([Artifact(frames(SAYS, PASSES))], {frames().address: frames(SAYS, TAGGED)}, Strict())
    what = "the frames GOOSE 0x88b8 of 52:54:00:00:00:0a for 01:0c:cd:01:00:01"
    assert sentences(change) == (
        f"Layer-2 conduit trip lacks {what} from port relay to eno2.",
        f"Layer-2 conduit trip has {what} in VLAN 5 from port relay to eno2, which the site does not say.",
    )


def test_drift_of_what_a_port_says() -> None:
    (change,) = compare([Artifact(frames(SAYS, PASSES))], {frames().address: frames(PASSES)}, Strict())
    (said,) = sentences(change)
    assert "for 01:0c:cd:01:00:01 at port relay" in said


def test_opening_cuts_nothing_and_closing_does() -> None:
    new, gone = Change(None, frames(SAYS, PASSES)), Change(frames(SAYS, PASSES), None)
    assert (title([new]), impact_of(new)) == ("open layer-2 conduit trip", Impact.NONE)
    assert (title([gone]), impact_of(gone)) == ("close layer-2 conduit trip", Impact.TRAFFIC_CUT)


def test_a_wire_is_connected_and_disconnected() -> None:
    wire = Document("host/h/live/uplink/yard", Kind.UPLINK, {"name": "eno2", "bpdu_guard": "1"})
    assert title([Change(None, wire)]) == "connect uplink yard"
    changed = Change(replace(wire, parts={**wire.parts, "bpdu_guard": "0"}), wire)
    assert title([changed]) == "change uplink yard"
    assert impact_of(Change(wire, None)) is Impact.TRAFFIC_CUT
