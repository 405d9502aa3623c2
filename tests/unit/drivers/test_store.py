# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import multiprocessing
import os
import sqlite3
import stat
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from tests.unit.plan.plant import Strict, intent, small

from ringfence.base.errors import BadInput, Busy, Refused
from ringfence.drivers.store.database import FILE, Database, open_store
from ringfence.drivers.store.migrations import MIGRATIONS
from ringfence.plan.planner import make_plan
from ringfence.ports.journal import JobDraft, StepEntry, StepState
from ringfence.ports.store import RevisionDraft

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
ARTIFACTS = small().artifacts()
PLAN = make_plan(intent(), ARTIFACTS, {}, Strict())


def draft(text: bytes = b"ringfence: 1\n", note: str = "") -> RevisionDraft:
    return RevisionDraft(NOW, "anna", text, "ab" * 32, ARTIFACTS, '{"plc": {}}', note)


def job() -> JobDraft:
    return JobDraft("apply", "anna", PLAN, NOW, 7)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Database]:
    with open_store(tmp_path / "state") as found:
        yield found


def test_a_revision_comes_back_as_it_was_given(store: Database) -> None:
    number = store.revisions.begin(draft(note="first"))
    found = store.revisions.read(number)
    assert found.draft == draft(note="first")
    assert (found.number, found.summary.state, found.summary.finished) == (1, "begun", None)


def test_only_what_was_applied_is_the_latest(store: Database) -> None:
    assert store.revisions.latest() is None
    one, two, three = (store.revisions.begin(draft(text)) for text in (b"1", b"2", b"3"))
    store.revisions.finish(one, "applied", NOW)
    store.revisions.finish(two, "applied", NOW + timedelta(hours=1))
    store.revisions.finish(three, "failed", NOW)
    found = store.revisions.latest()
    assert found is not None
    assert (found.number, found.draft.site_text, found.summary.finished) == (two, b"2", NOW + timedelta(hours=1))
    assert [(line.number, line.state) for line in store.revisions.summaries()] == [
        (3, "failed"),
        (2, "applied"),
        (1, "applied"),
    ]


def test_a_revision_that_never_was_is_refused(store: Database) -> None:
    with pytest.raises(BadInput, match="no revision 9"):
        store.revisions.read(9)


def test_the_journal_knows_the_last_state_of_each_step(store: Database) -> None:
    number = store.journal.begin(job())
    first, second = PLAN.steps[:2]
    store.journal.record(number, [StepEntry(first.id, StepState.STARTED, NOW)])
    store.journal.record(
        number, [StepEntry(first.id, StepState.DONE, NOW, "fine"), StepEntry(second.id, StepState.STARTED, NOW)]
    )
    found = store.journal.unfinished()
    assert found is not None
    assert found.draft == job()
    assert {name: (entry.state, entry.detail) for name, entry in found.steps.items()} == {
        first.id: (StepState.DONE, "fine"),
        second.id: (StepState.STARTED, ""),
    }
    store.journal.finish(number, "done", NOW, "all of it")
    assert store.journal.unfinished() is None
    (again,) = store.journal.jobs(5)
    assert (again.outcome, again.finished, again.note) == ("done", NOW, "all of it")


def test_old_jobs_are_forgotten_and_unfinished_ones_never(store: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ringfence.drivers.store.journal._KEPT", 2)
    unfinished = store.journal.begin(job())
    for _ in range(5):
        number = store.journal.begin(job())
        store.journal.record(number, [StepEntry("a", StepState.DONE, NOW)])
        store.journal.finish(number, "done", NOW)
    assert [found.number for found in store.journal.jobs(10)] == [6, 5, 4, unfinished]


def test_what_was_written_is_there_for_the_next_process(tmp_path: Path) -> None:
    with open_store(tmp_path) as store:
        store.revisions.begin(draft())
        number = store.journal.begin(job())
    with open_store(tmp_path) as store:
        assert store.revisions.read(1).draft == draft()
        assert store.journal.jobs(1)[0].number == number


def test_nobody_else_may_read_it(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        with open_store(tmp_path / "state") as store:
            store.revisions.begin(draft())
            modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in (tmp_path / "state").iterdir()}
    finally:
        os.umask(before)
    assert set(modes.values()) == {0o600}
    assert stat.S_IMODE((tmp_path / "state").stat().st_mode) == 0o700


def test_it_is_durable_and_strict(store: Database) -> None:
    with store.reading() as connection:
        assert connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)
        assert connection.execute("PRAGMA synchronous").fetchone() == (2,)
        assert connection.execute("PRAGMA user_version").fetchone() == (len(MIGRATIONS),)
        tables = connection.execute("SELECT sql FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite%'")
        assert all(sql.rstrip().endswith("STRICT") for (sql,) in tables)


def test_a_newer_schema_is_left_alone(tmp_path: Path) -> None:
    open_store(tmp_path).close()
    with sqlite3.connect(tmp_path / FILE) as connection:
        connection.execute(f"PRAGMA user_version = {len(MIGRATIONS) + 1}")
    connection.close()
    with pytest.raises(Refused, match="newer Ringfence"):
        open_store(tmp_path)


@pytest.mark.parametrize("damage", ["all of it", "the head", "the middle"])
def test_a_damaged_file_is_told_and_not_touched(tmp_path: Path, damage: str) -> None:
    with open_store(tmp_path) as store:
        for _ in range(5):
            store.revisions.begin(draft(os.urandom(20_000)))
    path = tmp_path / FILE
    good = path.read_bytes()
    bad = {
        "all of it": b"no database at all " * 1000,
        "the head": b"x" * 100 + good[100:],
        "the middle": good[:4096] + b"\xff" * (len(good) - 4096),
    }[damage]
    path.write_bytes(bad)
    with pytest.raises(Refused, match="damaged") as caught, open_store(tmp_path) as store:
        store.revisions.summaries()
    assert f"mv {path} {path}.damaged" in caught.value.next_step


def test_a_full_disk_loses_nothing(store: Database) -> None:
    store.revisions.begin(draft())
    with store.reading() as connection:
        pages = connection.execute("PRAGMA page_count").fetchone()[0]
    store._connection.execute(f"PRAGMA max_page_count = {pages + 1}")
    with pytest.raises(Refused, match="is full") as caught:
        store.revisions.begin(draft(os.urandom(200_000)))
    assert "df -h" in caught.value.next_step
    store._connection.execute("PRAGMA max_page_count = 1000000")
    assert store.revisions.read(1).draft == draft()
    assert store.revisions.begin(draft()) == 2


def test_a_folder_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(Refused, match="cannot be used"):
        open_store(tmp_path / "file" / "state")


def test_many_at_once_lose_nothing(tmp_path: Path) -> None:
    context = multiprocessing.get_context("spawn")
    writers = [context.Process(target=_write_many, args=(tmp_path,)) for _ in range(3)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join(60)
    assert [writer.exitcode for writer in writers] == [0, 0, 0]
    with open_store(tmp_path) as store:
        assert [line.number for line in store.revisions.summaries()] == list(range(30, 0, -1))


def _write_many(folder: Path) -> None:
    with open_store(folder) as store:
        for _ in range(10):
            store.revisions.finish(store.revisions.begin(draft()), "applied", NOW)


def test_a_writer_that_never_ends_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ringfence.drivers.store.database._BUSY_SECONDS", 0.1)
    holding, enough = threading.Event(), threading.Event()

    def hold() -> None:
        with open_store(tmp_path) as store, store.writing():
            holding.set()
            enough.wait(30)

    thread = threading.Thread(target=hold)
    thread.start()
    try:
        assert holding.wait(10)
        with open_store(tmp_path) as store, pytest.raises(Busy, match="for too long"):
            store.revisions.begin(draft())
    finally:
        enough.set()
        thread.join()


def test_a_half_done_transaction_never_happened(store: Database) -> None:
    store.revisions.begin(draft())
    with pytest.raises(ZeroDivisionError):
        _delete_then(store, "SELECT 1")
    with pytest.raises(Refused):
        _delete_then(store, "INSERT INTO no_such_table VALUES (1)")
    assert len(store.revisions.summaries()) == 1


def _delete_then(store: Database, statement: str) -> None:
    with store.writing() as connection:
        connection.execute("DELETE FROM revisions")
        connection.execute(statement)
        raise ZeroDivisionError
