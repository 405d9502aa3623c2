# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from ringfence.base.errors import BadInput
from ringfence.drivers.store import verifications
from ringfence.drivers.store.database import Database, open_store
from ringfence.drivers.store.migrations import MIGRATIONS
from ringfence.ports.verifications import LastVerdict, PartVerdict, Verdict, VerificationDraft

NOW = datetime(2026, 3, 1, 3, 4, 5, tzinfo=UTC)
SCADA = PartVerdict("workload/scada", "rules", "proven")
DRAFT = VerificationDraft(NOW, 7, "maria", ("rules",), "proven", 1.5, '{"site": "works"}', (SCADA,))


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Database]:
    with open_store(tmp_path) as found:
        yield found


def _keep(store: Database, *said: Verdict, parts: tuple[str, ...] = ("rules",)) -> list[int]:
    return [store.verifications.keep(replace(DRAFT, verdict=one, parts=parts, verdicts=())) for one in said]


def _kept(store: Database) -> list[int]:
    return [one.number for one in reversed(store.verifications.summaries(1000))]


def test_a_verification_comes_back_as_it_was_given(store: Database, tmp_path: Path) -> None:
    number = store.verifications.keep(DRAFT)
    with open_store(tmp_path) as again:
        assert again.verifications.message(number) == DRAFT.message
        (found,) = again.verifications.summaries(5)
        assert (found.number, found.at, found.revision, found.principal) == (number, NOW, 7, "maria")
        assert (found.parts, found.verdict, found.took_s) == (("rules",), "proven", 1.5)
        assert again.verifications.last() == (LastVerdict(SCADA, NOW, 7),)
    with pytest.raises(BadInput, match="No verification 9 is kept"):
        store.verifications.message(9)


def test_the_last_word_is_kept_part_by_part_and_what_left_the_site_is_forgotten(store: Database) -> None:
    jump = PartVerdict("workload/jump", "rules", "wrong")
    store.verifications.keep(replace(DRAFT, verdicts=(SCADA, jump)))
    later, proof = NOW + timedelta(hours=1), replace(SCADA, part="proof")
    store.verifications.keep(replace(DRAFT, at=later, revision=8, parts=("proof",), verdicts=(proof,)))
    assert store.verifications.last() == (
        LastVerdict(jump, NOW, 7),
        LastVerdict(proof, later, 8),
        LastVerdict(SCADA, NOW, 7),
    )
    store.verifications.keep(replace(DRAFT, at=later))
    assert [one.of for one in store.verifications.last()] == [proof, SCADA]


def test_old_ones_are_forgotten_but_for_turns_of_the_verdict(store: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(verifications, "KEPT", 3)
    first = _keep(
        store, "proven", "proven", "proven", "wrong", "wrong", "wrong", "proven", "proven", "proven", "proven"
    )
    assert _kept(store) == [first[place] for place in (0, 2, 3, 5, 6, 7, 8, 9)]


def test_a_verification_of_other_parts_is_no_turn_of_the_verdict(
    store: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(verifications, "KEPT", 1)
    for _ in range(3):
        _keep(store, "proven")
        _keep(store, "wrong", parts=("rules", "proof"))
    assert _kept(store) == [1, 2, 5, 6]


def test_turns_are_not_kept_without_end(store: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(verifications, "KEPT", 2)
    monkeypatch.setattr(verifications, "TURNS", 3)
    for _ in range(6):
        _keep(store, "proven", "wrong")
    assert _kept(store) == [8, 9, 10, 11, 12]


def test_what_is_seen_again_keeps_its_first_time_and_what_is_gone_loses_it(store: Database) -> None:
    later = NOW + timedelta(hours=1)
    assert store.verifications.seen("rules", {"a", "b"}, NOW) == {"a": NOW, "b": NOW}
    assert store.verifications.seen("rules", {"b", "c"}, later) == {"b": NOW, "c": later}
    assert store.verifications.seen("facts", set(), later) == {}
    assert store.verifications.first_seen("rules") == {"b": NOW, "c": later}
    assert store.verifications.seen("rules", {"a"}, later) == {"a": later}


def test_a_store_from_before_is_brought_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = next(place for place, one in enumerate(MIGRATIONS) if "CREATE TABLE verifications" in one)
    monkeypatch.setattr("ringfence.drivers.store.database.MIGRATIONS", MIGRATIONS[:before])
    open_store(tmp_path).close()
    monkeypatch.undo()
    with open_store(tmp_path) as store:
        assert store.verifications.last() == ()
