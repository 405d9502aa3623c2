# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

from pathlib import Path

import pytest
from guests.roles.historian.journal import Journal
from guests.roles.historian.series import MOST_POINTS, MOST_SERIES, FullError
from guests.roles.historian.store import MOST_DATABASES, NameRefusedError, Store
from guests.roles.wire.line import LineError


def values(store: Store, count: int = 10, **tags: str) -> list[object]:
    return [sample.value for sample in store.last("plant", "tank", "level", count, tags)]


@pytest.mark.parametrize("durable", [False, True])
def test_the_newest_values_come_back_oldest_first(durable: bool, tmp_path: Path) -> None:
    store = Store(tmp_path if durable else None)
    store.write("plant", "tank,plc=north level=1i 1\ntank,plc=south level=2i 2\n\ntank,plc=north level=3i 3", 9)
    assert values(store, 2) == [2, 3]
    assert values(store, plc="north") == [1, 3]
    assert values(store, plc="east") == []
    assert store.durable is durable


def test_a_point_without_a_time_gets_the_present_one() -> None:
    store = Store(None)
    store.write("plant", "tank level=1i", 77)
    assert store.last("plant", "tank", "level", 1, {})[0].time == 77


def test_points_survive_a_restart(tmp_path: Path) -> None:
    Store(tmp_path).write("plant", 'tank,plc=a\\ b level=1i,note="x, y" 5', 9)
    again = Store(tmp_path)
    assert values(again, plc="a b") == [1]
    assert again.sizes() == {"plant": 2}


def test_half_a_line_left_by_a_crash_is_cut_off(tmp_path: Path) -> None:
    Store(tmp_path).write("plant", "tank level=1i 1", 9)
    with (tmp_path / "plant.lines").open("a") as file:
        file.write("tank level=99")
    again = Store(tmp_path)
    again.write("plant", "tank level=2i 2", 9)
    assert values(Store(tmp_path)) == [1, 2]


def test_a_bad_line_spoils_the_whole_batch() -> None:
    store = Store(None)
    with pytest.raises(LineError):
        store.write("plant", "tank level=1i 1\nnonsense", 9)
    assert values(store) == []


@pytest.mark.parametrize("name", ["", "..", "a/b", "Plant", "1a", "x" * 33, "a.b"])
def test_a_name_that_is_no_file_name_is_refused(name: str, tmp_path: Path) -> None:
    with pytest.raises(NameRefusedError):
        Store(tmp_path).write(name, "tank level=1i 1", 9)
    assert list(tmp_path.iterdir()) == []


def test_everything_has_a_limit() -> None:
    store = Store(None)
    for number in range(MOST_DATABASES):
        store.write(f"db{number}", "tank level=1i 1", 9)
    with pytest.raises(NameRefusedError):
        store.write("onemore", "tank level=1i 1", 9)
    with pytest.raises(FullError):
        store.write("db0", "\n".join(f"tank f{i}=1i 1" for i in range(MOST_SERIES + 1)), 9)
    store.write("db1", "\n".join(f"tank level={i}i {i}" for i in range(MOST_POINTS + 10)), 9)
    assert len(store.last("db1", "tank", "level", 10**6, {})) == MOST_POINTS


def test_a_full_journal_is_set_aside_once(tmp_path: Path) -> None:
    journal = Journal(tmp_path, "plant", most_bytes=30)
    for number in range(12):
        journal.append([f"tank level={number}i {number}"])
    assert sorted(path.name for path in tmp_path.iterdir()) == ["plant.lines", "plant.old.lines"]
    lines = journal.read_back()
    assert lines[-1] == "tank level=11i 11"
    assert lines == sorted(lines, key=lambda line: int(line.split()[-1]))


def test_a_disk_that_refuses_leaves_no_half_batch(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store = Store(tmp_path)
    store.write("plant", "tank level=1i 1", 9)

    def refuse(_file: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("guests.roles.historian.journal.os.fdatasync", refuse)
    with pytest.raises(OSError, match="No space"):
        store.write("plant", "tank level=2i 2", 9)
    assert values(store) == [1]
    assert (tmp_path / "plant.lines").read_text() == "tank level=1i 1\n"
