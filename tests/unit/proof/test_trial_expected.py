# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

from collections.abc import Iterable

from ringfence.proof.box import Box, Limits
from ringfence.proof.field import DIRECTION, DPORT, NEW, ORIGINAL, PROTO, PROTOCOL, SOURCE4, STATE, TARGET4, TCP
from ringfence.proof.flow import Claim, Flow
from ringfence.proof.region import Region
from ringfence.proof.trial.end import End
from ringfence.proof.trial.expected import by_claims, by_flows
from ringfence.proof.trial.frame import ip
from ringfence.proof.trial.quiver import Link, Quiver
from ringfence.proof.trial.trial import Sample
from ringfence.proof.trial.verdict import Happened, disagreements
from ringfence.proof.values import between, exactly

NEAR, FAR = "workload/scada/eth0", "workload/plc/eth0"
SCADA = End(NEAR, "e0", "52:54:00:00:00:01", "control", ("10.1.1.1",), near="52:54:00:00:00:99")
BOX = Box(
    {
        PROTOCOL: exactly(0x0800),
        SOURCE4: exactly(int(ip("10.1.1.1"))),
        TARGET4: exactly(int(ip("10.1.2.2"))),
        PROTO: exactly(TCP),
        DPORT: between(500, 510),
        STATE: exactly(NEW),
        DIRECTION: exactly(ORIGINAL),
    }
)
CLAIM = Claim("conduit/poll", NEAR, FAR, BOX)


class Hole:
    def __init__(self, box: Box) -> None:
        self.box = box

    @property
    def needs(self) -> Limits:
        return {}

    def hits(self, box: Box) -> Iterable[Box]:
        found = box.common(self.box)
        return [found] if found else []


def sample(port: int) -> Sample:
    quiver = Quiver(b"1234567")
    return quiver.conversation(SCADA, Link(SCADA.mac, SCADA.near), (ip("10.1.1.1"), ip("10.1.2.2")), (TCP, port))


def test_a_packet_in_a_claim_may_and_must_arrive() -> None:
    trial = by_claims([CLAIM]).trial(sample(502))
    assert trial.may == {FAR: "conduit/poll"}
    assert trial.must == {FAR}
    assert by_claims([CLAIM]).trial(sample(511)).may == {}


def test_an_optional_claim_promises_nothing() -> None:
    optional = Claim("conduit/poll", NEAR, FAR, BOX, optional=True)
    assert by_claims([optional]).trial(sample(502)).must == frozenset()


def test_what_was_cut_out_of_a_flow_is_not_in_it() -> None:
    flow = Flow(NEAR, FAR, Region(BOX, (Hole(Box({DPORT: exactly(502)})),)))
    assert by_flows([flow]).trial(sample(502)).may == {}
    assert by_flows([flow]).trial(sample(503)).may.keys() == {FAR}


def test_a_leak_and_a_loss_are_told_by_name() -> None:
    trials = [by_claims([CLAIM]).trial(sample(one)) for one in (502,)]
    (lost,) = disagreements(trials, Happened({}, {}), frozenset())
    assert lost.sentence == (
        "TCP from 10.1.1.1 to 10.1.2.2 port 502, sent at workload/scada/eth0, did not reach workload/plc/eth0:"
        " conduit/poll promises it."
    )
    (leak,) = disagreements(trials, Happened({0: {FAR, "host"}}, {}), frozenset())
    assert leak.sentence.endswith("reached host: nothing declares that.")
    assert not list(disagreements(trials, Happened({0: {FAR, "leg/control"}}, {}), frozenset()))
    assert list(disagreements(trials, Happened({0: {FAR, "leg/control"}}, {}), frozenset({"leg"})))


def test_an_answer_needs_a_claim_of_its_own() -> None:
    trial = by_claims([CLAIM]).trial(sample(502))
    (leak,) = disagreements([trial], Happened({0: {FAR}}, {0: {NEAR}}), frozenset())
    assert leak.reply
    assert leak.sentence.startswith("The answer to TCP from 10.1.1.1")
