# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from ringfence.drivers.store.bell import FileBell
from ringfence.drivers.store.database import FILE, Database, open_store
from ringfence.drivers.store.migrations import MIGRATIONS
from ringfence.drivers.store.peek import standing_names
from ringfence.ports.restrictions import Restriction

NOW = datetime(2026, 3, 1, 3, 4, 5, tzinfo=UTC)
ISLAND = Restriction("island", "zone/field", NOW, "maria", "malware")
CUT = Restriction("cut", "conduit/poll", NOW, "maria")
ASSET = Restriction("cut", "asset/plc-7", NOW, "maria")
HOLD = Restriction("hold", "", NOW, "maria")


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Database]:
    with open_store(tmp_path) as found:
        yield found


def test_names_say_what_is_closed() -> None:
    assert [one.name for one in (ISLAND, CUT, ASSET, HOLD)] == ["island/field", "cut/poll", "cut/asset/plc-7", "hold"]


def test_what_was_added_stands_until_it_is_ended(store: Database, tmp_path: Path) -> None:
    for one in (ISLAND, CUT, ASSET, HOLD):
        assert store.restrictions.add(one) == one
    assert store.restrictions.standing() == (ISLAND, CUT, ASSET, HOLD)
    store.restrictions.end(CUT.name, "karl", NOW)
    store.restrictions.end("island/other", "karl", NOW)
    with open_store(tmp_path) as again:
        assert again.restrictions.standing() == (ISLAND, ASSET, HOLD)
    assert standing_names(tmp_path) == ("cut/asset/plc-7", "hold", "island/field")


def test_the_first_of_a_name_stands_and_after_its_end_the_next_may(store: Database) -> None:
    later = replace(ISLAND, principal="karl", reason="again")
    assert store.restrictions.add(ISLAND) == ISLAND
    assert store.restrictions.add(later) == ISLAND
    store.restrictions.end(ISLAND.name, "karl", NOW)
    assert store.restrictions.add(later) == later
    assert store.restrictions.standing() == (later,)


def test_who_ended_what_is_on_record(store: Database, tmp_path: Path) -> None:
    store.restrictions.add(ISLAND)
    store.restrictions.end(ISLAND.name, "karl", NOW)
    with sqlite3.connect(tmp_path / FILE) as raw:
        rows = raw.execute("SELECT name, principal, reason, ended, ended_by FROM restrictions").fetchall()
    assert rows == [("island/field", "maria", "malware", NOW.isoformat(), "karl")]


def test_an_older_file_learns_to_keep_them(tmp_path: Path) -> None:
    with sqlite3.connect(tmp_path / FILE) as raw:
        for statement in filter(str.strip, "".join(f"{one};" for one in MIGRATIONS[:2]).split(";")):
            raw.execute(statement)
        raw.execute("PRAGMA user_version = 2")
    with open_store(tmp_path) as store:
        assert store.restrictions.standing() == ()
        store.restrictions.add(ISLAND)
        assert store.restrictions.standing() == (ISLAND,)


def test_names_are_none_where_there_is_no_state(tmp_path: Path) -> None:
    assert standing_names(tmp_path / "nowhere") == ()


def test_a_bell_has_another_stamp_after_each_ring(tmp_path: Path) -> None:
    bell, heard = FileBell(tmp_path), []
    for _ in range(4):
        heard.append(bell.stamp())
        bell.ring()
        assert FileBell(tmp_path).stamp() == bell.stamp()
    assert len(set(heard)) == 4


def test_a_bell_that_cannot_be_rung_breaks_nothing(tmp_path: Path) -> None:
    (tmp_path / "bell").symlink_to(os.devnull)
    FileBell(tmp_path).ring()
    FileBell(tmp_path / "nowhere").ring()
    assert FileBell(tmp_path / "nowhere").stamp() == 0
