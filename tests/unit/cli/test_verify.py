# SPDX-License-Identifier: Apache-2.0
"""verify, as a person meets it, on a simulated host."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
import threading
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import pytest

from ringfence.app.plant import open_plant
from ringfence.app.verify import looking
from ringfence.app.verify import parts as known
from ringfence.app.verify.outcome import Outcome
from ringfence.app.verify.part import Part
from ringfence.app.verify.proof import proof
from ringfence.app.verify.rules import rules
from ringfence.base.errors import DeadlinePassed, Refused
from ringfence.compile.document import Document, Kind
from ringfence.compile.scope import Scope
from ringfence.drivers.memory.artifacts import MemoryArtifacts
from ringfence.drivers.store.verifications import SqliteVerifications
from ringfence.plan.change import Change
from ringfence.ports.artifacts import ArtifactPort

from .conftest import Desk

RULES = Part("rules", "compare", 30, rules)


@pytest.fixture(autouse=True)
def only_rules(monkeypatch: pytest.MonkeyPatch) -> None:
    """A simulated host has no packets and no processes."""
    monkeypatch.setattr(known, "ALL", (RULES,))


def _part(message: Any, name: str = "rules") -> Any:
    return next(part for part in message["parts"] if part["name"] == name)


def test_what_is_as_declared_is_proven(applied: Desk) -> None:
    ran = applied("verify")
    assert ran.status == 0, ran.err
    assert "PROVEN" in ran.out
    assert "[2/2] compare ... done" in ran.err
    message = applied("verify", "--json").message
    assert (message["verdict"], message["revision"], message["disturbed"], message["not_kept"]) == ("proven", 1, "", "")
    assert [one["subject"] for one in message["subjects"]] == ["workload/plc", "workload/scada", "host/server1"]


def test_a_difference_is_a_sentence_with_when_it_was_first_seen(applied: Desk) -> None:
    applied("stop", "scada", "--yes", "-q")
    ran = applied("verify")
    assert ran.status == 1
    assert "!! Workload scada does not run, although it should." in ran.out
    assert "First seen now." in ran.out
    first = [one["first_seen"] for one in _part(applied("verify", "--json").message)["findings"]]
    again = applied("verify", "--json").message
    assert [one["first_seen"] for one in _part(again)["findings"]] == first
    assert all(one < again["at"] for one in first)
    verdicts = {one["subject"]: one["verdict"] for one in again["subjects"]}
    assert verdicts == {"workload/plc": "proven", "workload/scada": "wrong", "host/server1": "proven"}
    applied("start", "scada", "-q")
    applied("verify")
    applied("stop", "scada", "--yes", "-q")
    third = applied("verify", "--json").message
    assert all(one["first_seen"] == third["at"] for one in _part(third)["findings"])


def test_one_workload_is_shown_with_what_concerns_it(applied: Desk) -> None:
    applied("stop", "scada", "--yes", "-q")
    assert "does not run" in applied("verify", "scada").out
    other = applied("verify", "plc").out
    assert "does not run" not in other
    assert "Not shown, about others: 2." in " ".join(other.split())
    assert "Not shown" not in applied("verify").out
    ran = applied("verify", "nobody")
    assert ran.status == 2
    assert "It has: plc, scada." in ran.err


def test_what_was_never_applied_is_not_verified(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RINGFENCE_FAULTS", "refuse:run/scada")
    desk("apply", "--yes", "-q")
    monkeypatch.delenv("RINGFENCE_FAULTS")
    ran = desk("verify")
    assert ran.status == 2
    assert "Site works was never applied." in ran.err


def test_options_that_leave_no_part_prove_nothing(applied: Desk) -> None:
    ran = applied("verify", "--only", "packets", "--no-packets")
    assert (ran.status, ran.out) == (2, "")
    assert "no part is left to verify" in ran.err


def test_status_tells_the_last_word_with_its_age_and_revision(applied: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "What runs was never verified" in applied("status").out
    monkeypatch.setattr("ringfence.app.verify.verdicts.PARTS", ("rules",))
    applied("verify", "-q")
    assert applied("status").out.count("proven just now") == 2
    applied.change("memory: 128 MiB", "memory: 192 MiB")
    applied("apply", "--yes", "-q")
    told = applied("status")
    assert "proven just now, revision 1" in told.out
    assert "older than what runs (revision 1)" in told.out
    message = applied("status", "--json").message
    assert [one["verified"]["current"] for one in message["workloads"]] == [False, False]
    assert message["host_verified"]["verdict"] == "proven"


def test_parts_that_never_ran_are_not_proven(applied: Desk) -> None:
    applied("verify", "-q")
    told = applied("status").out
    assert "unproven just now" in told
    assert "Never looked at: facts, packets and proof." in told


def test_history(applied: Desk) -> None:
    assert "never verified" in applied("verify", "--history").out
    applied("verify", "-q")
    applied("stop", "scada", "--yes", "-q")
    applied("verify", "-q")
    lines = [line.split() for line in applied("verify", "--history").out.splitlines()]
    assert [line[0] for line in lines[1:3]] == ["!!", "ok"]
    message = applied("verify", "--history", "--json").message
    assert [one["verdict"] for one in message["verifications"]] == ["wrong", "proven"]


def test_a_part_that_hangs_is_unproven_and_the_rest_goes_on(applied: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ringfence.app.verify.deadline.GRACE_S", 0.1)

    def hang(*_: object) -> Outcome:
        threading.Event().wait()
        raise AssertionError

    hangs = Part("proof", "prove", 0.3, hang)
    monkeypatch.setattr(known, "ALL", (hangs, RULES))
    ran = applied("verify")
    assert ran.status == 3
    assert "?? It did not end within 0 s (prove)." in ran.out
    assert "[2/3] prove ... failed: It did not end" in ran.err
    assert {part["name"]: part["verdict"] for part in applied("verify", "--json").message["parts"]} == {
        "proof": "unproven",
        "rules": "proven",
    }


@pytest.mark.parametrize("error", [Refused("The tool refused.", "Try again."), KeyError("x"), ValueError()])
def test_a_part_that_fails_is_unproven_and_the_rest_goes_on(
    applied: Desk, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    def fails(*_: object) -> Outcome:
        raise error

    monkeypatch.setattr(known, "ALL", (Part("facts", "look", 5, fails), RULES))
    message = applied("verify", "--json").message
    assert message["verdict"] == "unproven"
    assert _part(message)["verdict"] == "proven"
    (found,) = _part(message, "facts")["findings"]
    assert found["verdict"] == "unproven"
    assert found["sentence"].endswith(".")
    assert {one["subject"]: one["parts"]["facts"] for one in message["subjects"]} == dict.fromkeys(
        ("workload/plc", "workload/scada", "host/server1"), "unproven"
    )


def test_a_tool_that_does_not_answer_makes_its_kinds_unproven(applied: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    def silent(*_: object) -> None:
        raise DeadlinePassed("libvirt did not answer within 30 s.", "Look at the service.")

    monkeypatch.setattr(MemoryArtifacts, "observe", silent)
    ran = applied("verify")
    assert ran.status == 3
    assert "could not be looked at" in ran.out
    assert "libvirt did not answer within 30 s." in " ".join(ran.out.split())
    assert "is missing" not in ran.out


def test_a_tool_that_hangs_hides_its_own_kinds_only(applied: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(looking, "LOOK_S", 0.3)
    monkeypatch.setattr("ringfence.app.verify.deadline.GRACE_S", 0.1)
    monkeypatch.setattr(MemoryArtifacts, "observe", lambda *_: threading.Event().wait())
    assert applied("verify", "-q").status == 3


@dataclass(frozen=True)
class Half:
    """Some kinds of the simulated host; its tool answers, or it does not."""

    whole: ArtifactPort
    kinds: frozenset[Kind]
    hangs: bool

    def observe(self, scope: Scope) -> dict[str, Document]:
        if self.hangs:
            raise DeadlinePassed("libvirt did not answer within 30 s.", "Look at the service.")
        return {key: one for key, one in self.whole.observe(scope).items() if one.kind in self.kinds}

    def ensure(self, scope: Scope, changes: Sequence[Change]) -> None:
        self.whole.ensure(scope, changes)


def test_a_libvirt_that_hangs_leaves_the_fabric_to_be_compared_and_proven(
    applied: Desk, monkeypatch: pytest.MonkeyPatch, scope: Scope
) -> None:
    """libvirt's own kinds are blind, and nobody knows its version; rules and proof of the fabric go on."""
    own = frozenset({Kind.DOMAIN, Kind.RUN})

    def parted(*given: Any) -> Any:
        plant = open_plant(*given)
        (whole,) = plant.artifacts
        halves = Half(whole, frozenset(Kind) - own, hangs=False), Half(whole, own, hangs=True)
        return replace(plant, artifacts=halves)

    def silent(*_: object) -> None:
        raise DeadlinePassed("libvirt did not answer within 30 s.", "Look at the service.")

    monkeypatch.setattr("ringfence.app.session.open_plant", parted)
    monkeypatch.setattr("ringfence.app.verify.host.facts_of", silent)
    monkeypatch.setattr(known, "ALL", (RULES, Part("proof", "prove", 30, proof)))
    message = applied("verify", "--json").message
    assert [part["verdict"] for part in message["parts"]] == ["unproven", "unproven"]
    standing = applied.host.artifacts.observe(scope).values()
    assert _part(message)["summary"].startswith(f"{sum(one.kind not in own for one in standing)} artifacts")
    assert not any(one["verdict"] == "wrong" for part in message["parts"] for one in part["findings"])
    assert "kinds of packets can pass" in _part(message, "proof")["summary"]


def test_what_is_seen_while_a_part_is_blind_is_not_forgotten(applied: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    applied("stop", "scada", "--yes", "-q")
    first = applied("verify", "--json").message["at"]

    def silent(*_: object) -> None:
        raise DeadlinePassed("libvirt did not answer within 30 s.", "Look at the service.")

    with monkeypatch.context() as blind:
        blind.setattr(MemoryArtifacts, "observe", silent)
        applied("verify", "-q")
    found = _part(applied("verify", "--json").message)["findings"]
    assert {one["first_seen"] for one in found} == {first}


def test_what_another_job_changes_meanwhile_is_told_and_nothing_counts(
    applied: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stops(*_: object) -> Outcome:
        subprocess.run([sys.executable, "-m", "ringfence", "stop", "scada", "--yes", "-q"], check=True)
        return Outcome("Something was looked at.")

    monkeypatch.setattr(known, "ALL", (Part("facts", "look", 30, stops), RULES))
    ran = applied("verify")
    assert ran.status == 3
    assert "DISTURBED: Job" in ran.out
    assert "UNPROVEN:" in ran.out
    assert {one["verdict"] for one in applied("verify", "--only", "rules", "--json").message["subjects"]} == {
        "proven",
        "wrong",
    }


def test_a_grant_meanwhile_is_told(applied: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    def grants(*_: object) -> Outcome:
        subprocess.run([sys.executable, "-m", "ringfence", "grant", "vendor", "--for", "5m", "-q"], check=True)
        return Outcome("Something was looked at.")

    monkeypatch.setattr(known, "ALL", (Part("facts", "look", 30, grants),))
    ran = applied("verify")
    assert ran.status == 3
    assert "DISTURBED: A grant began or ended meanwhile: vendor." in ran.out
    monkeypatch.setattr(known, "ALL", (RULES,))
    assert applied("verify").status == 0


def test_a_job_that_runs_is_told(applied: Desk) -> None:
    from ringfence.drivers.store.lock import FileLock
    from ringfence.drivers.system.clock import SystemClock

    with FileLock(applied.folder / "state" / "works", SystemClock()).hold("apply"):
        ran = applied("verify")
    assert ran.status == 3
    assert "DISTURBED: 'apply', process" in ran.out
    assert applied("verify").status == 0


def test_a_store_that_cannot_be_written_does_not_hide_the_result(
    applied: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise Refused("The disk is full.", "Make room.")

    monkeypatch.setattr(SqliteVerifications, "keep", full)
    monkeypatch.setattr(SqliteVerifications, "seen", full)
    applied("stop", "scada", "--yes", "-q")
    ran = applied("verify")
    assert ran.status == 1
    assert "NOT KEPT: The disk is full. Make room." in ran.out
    assert "does not run, although it should." in ran.out
    assert "First seen" not in ran.out


def test_a_store_without_room_does_not_hide_the_result(applied: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """The same with the real thing: SQLite is not given another page."""
    plain = sqlite3.connect

    def narrow(*arguments: Any, **named: Any) -> sqlite3.Connection:
        made: sqlite3.Connection = plain(*arguments, **named)
        made.execute("PRAGMA max_page_count = 1")
        return made

    monkeypatch.setattr("ringfence.drivers.store.database.sqlite3.connect", narrow)
    monkeypatch.setattr("ringfence.app.verify.keeping.to_json", lambda _: "x".join(map(str, range(100_000))))
    ran = applied("verify")
    assert ran.status == 0
    assert "NOT KEPT: The disk with" in ran.out


def test_an_emergency_is_named_and_what_it_closed_is_no_difference(applied: Desk) -> None:
    applied("island", "field", "--reason", "a test")
    ran = applied("verify")
    assert ran.status == 0
    assert "In force: island/field." in ran.out
