# SPDX-License-Identifier: Apache-2.0
"""What verify makes of what its parts find, on a simulated host."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from ringfence.app.plant import open_plant
from ringfence.app.shadow import ShadowResult
from ringfence.app.verify import facts as of_facts
from ringfence.app.verify import packets as of_packets
from ringfence.assure.running.check import Check, State
from ringfence.compile.scope import Scope
from ringfence.drivers.shadow.driver import ShadowDriver
from ringfence.engine.cancel import Cancel
from ringfence.plan.change import Change
from ringfence.ports.shadow import Loaded
from ringfence.proof.trial.copy import Unbuilt
from ringfence.proof.trial.verdict import Disagreement

from .conftest import Desk

AGREES = ShadowResult(40, 4, 40, (), (), (), (), ("workload/plc/eth0", "workload/scada/eth0"))
LEAK = Disagreement("leak", "workload/scada/eth0", "workload/plc/eth0", "TCP to port 22")
EXCEPTION = """\
exceptions:
  - rule: RF-SVC-001
    subject: host/server1
    reason: The UPS asks this port, and nobody else can.
    owner: Control room
    expires: UNTIL
"""


class Port(ShadowDriver):
    """Nothing is looked at and nothing is built: the results are given."""

    def loaded(self, scope: Scope) -> Loaded:
        return Loaded(scope, {}, {}, {})


@pytest.fixture
def tried(applied: Desk, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Verify with packets of which this came."""
    monkeypatch.setattr("ringfence.app.session.open_plant", lambda *given: replace(open_plant(*given), shadow=Port()))

    def verify(result: ShadowResult) -> Any:
        monkeypatch.setattr(of_packets, "shadow_trials", lambda *_, **__: result)
        return applied("verify", "--only", "packets", "--json").message

    return verify


def _found(message: Any) -> list[Any]:
    return [one for part in message["parts"] for one in part["findings"]]


def _check(state: State, subject: str = "host/server1", rule: str = "RF-SVC-001") -> Check:
    return Check(
        rule,
        subject,
        state,
        "Something listens.",
        "Stop it.",
        "tcp 99",
        "/proc",
        datetime.now(UTC),
        "Nobody listens.",
        1,
        1,
    )


def test_packets_that_do_as_declared_prove(tried: Any) -> None:
    message = tried(AGREES)
    assert message["verdict"] == "proven"
    assert message["parts"][0]["summary"].startswith("40 packets were tried between 2 ends of a sealed copy")


def test_one_finding_for_all_that_passes_between_two_ends(tried: Any) -> None:
    leaks = tuple(replace(LEAK, what=f"TCP to port {port}") for port in (22, 23, 80, 443, 445, 8080))
    back = replace(LEAK, target=LEAK.source, reply=True)
    message = tried(replace(AGREES, disagreements=(*leaks, back)))
    (found,) = _found(message)
    assert found["sentence"].startswith("TCP to port 22, sent at workload/scada/eth0, reached workload/plc/eth0")
    assert found["details"][-1] == "and 5 more between the two"
    assert found["flow"] == ["workload/scada", "workload/plc", "TCP to port 22 and 5 more"]
    assert message["verdict"] == "wrong"


def test_what_is_lost_is_wrong_and_no_flow(tried: Any) -> None:
    lost = Disagreement("lost", LEAK.source, LEAK.target, "TCP to port 502", "conduit/poll")
    (found,) = _found(tried(replace(AGREES, disagreements=(lost,))))
    assert "conduit/poll promises it" in found["sentence"]
    assert found["flow"] is None


def test_proof_and_packets_have_to_agree(tried: Any) -> None:
    (found,) = _found(tried(replace(AGREES, unforeseen=(LEAK, LEAK))))
    assert found["verdict"] == "wrong"
    assert found["sentence"].startswith("Packets and proof do not agree: by the proof 2 of the packets")
    message = tried(replace(AGREES, unseen=(LEAK,)))
    assert message["verdict"] == "unproven"
    assert "The proof holds possible what no packet did" in _found(message)[0]["sentence"]


def test_what_is_not_in_the_copy_is_unproven(tried: Any) -> None:
    message = tried(replace(AGREES, unbuilt=(Unbuilt("host/server1/live/port/scada/eth0", "A port is strange."),)))
    assert message["verdict"] == "unproven"
    assert {one["verdict"] for one in message["subjects"] if one["subject"] != "host/server1"} == {"unproven"}


def test_the_map_draws_what_packets_found_until_another_revision_runs(
    tried: Any, applied: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Cancel, "wait", lambda *_: False)
    tried(replace(AGREES, disagreements=(LEAK,)))
    (stray,) = applied("map", "--for", "1s", "--json").message["strays"]
    assert (stray["source"], stray["target"], stray["state"]) == ("workload/scada", "workload/plc", "undeclared")
    applied.change("memory: 128 MiB", "memory: 192 MiB")
    applied("apply", "--yes", "-q")
    assert applied("map", "--for", "1s", "--json").message["strays"] == []


@pytest.mark.parametrize(("until", "verdict"), [("2099-12-31", "proven"), ("2020-01-01", "wrong"), ("", "wrong")])
def test_an_exception_accepts_a_fact_until_its_last_day(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, until: str, verdict: str
) -> None:
    if until:
        desk.file.write_text(desk.file.read_text() + EXCEPTION.replace("UNTIL", until))
    assert desk("apply", "--yes", "-q").status == 0
    passes = [
        _check(State.PASS, subject, "RF-PRC-001") for subject in ("workload/plc", "workload/scada", "host/server1")
    ]
    monkeypatch.setattr(of_facts, "judge", lambda *_: (*passes, _check(State.FAIL)))
    message = desk("verify", "--only", "facts", "--json").message
    assert message["verdict"] == verdict
    host = next(one for one in message["subjects"] if one["subject"] == "host/server1")
    assert host["verdict"] == verdict
    told = [one["text"] for part in message["parts"] for one in part["evidence"] if "RF-SVC-001" in one["text"]]
    assert len(told) == 1
    assert ("Accepted by Control room until 2099-12-31" in told[0]) == (verdict == "proven")


def test_the_same_of_many_machines_is_told_once_and_what_nobody_asked_proves_nothing(
    applied: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    both = [_check(State.FAIL, subject, "RF-PRC-001") for subject in ("workload/plc", "workload/scada")]
    monkeypatch.setattr(of_facts, "judge", lambda *_: both)
    message = applied("verify", "--only", "facts", "--json").message
    wrong, silent = _found(message)
    assert wrong["sentence"] == "plc and scada: Something listens."
    assert wrong["subjects"] == ["workload/plc", "workload/scada"]
    assert (silent["subjects"], silent["verdict"]) == (["host/server1"], "unproven")


def test_all_that_was_seen_of_one_machine_is_shown(applied: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        of_facts, "judge", lambda *_: [_check(State.PASS, "workload/plc"), _check(State.WEAK, "workload/scada")]
    )
    ran = applied("verify", "plc", "--only", "facts")
    assert "  ok RF-SVC-001 Something listens. (tcp 99)" in ran.out
    assert "-- RF-SVC-001" not in ran.out


def test_what_was_taken_away_by_hand_is_wrong_by_rules_and_by_proof(applied: Desk, scope: Scope) -> None:
    host = applied.host
    address = scope.address("conduit", "poll")
    document = host.artifacts.observe(scope)[address]
    key = next(key for key in document.parts if key.startswith("element/"))
    rest = {one: text for one, text in document.parts.items() if one != key}
    host.artifacts.ensure(scope, [Change(document, replace(document, parts=rest))])
    message = applied("verify", "--no-packets", "--json").message
    verdicts = {part["name"]: part["verdict"] for part in message["parts"]}
    assert (verdicts["rules"], verdicts["proof"]) == ("wrong", "wrong")
    lost = [one for one in _found(message) if one["part"] == "proof"]
    assert any("conduit/poll" in one["sentence"] for one in lost)
