# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

from pathlib import Path

import pytest

from ringfence.app.declared import names_in, site_name
from ringfence.app.opening import Which, applied_name, applied_names
from ringfence.app.place import Place
from ringfence.app.starting import name_from
from ringfence.base.errors import BadInput
from ringfence.base.names import is_name

SITE = b"site: {name: works}\nconduits:\n  a: {dormant: true}\n  b: {dormant: 'true'}\n  BAD: {}\nworkloads: [x]\n"


@pytest.fixture
def place(tmp_path: Path) -> Place:
    return Place(tmp_path / "state", f"memory:{tmp_path / 'world'}")


def _applied(place: Place, *names: str) -> None:
    for name in names:
        place.site(name).mkdir(parents=True)


def test_names_are_read_from_files_that_do_not_load() -> None:
    assert names_in(SITE, "conduits") == ("a", "b")
    assert names_in(SITE, "dormant") == ("a",)
    assert names_in(SITE, "workloads") == ()
    assert names_in(b"\xff\x00", "conduits") == ()


@pytest.mark.parametrize("text", ["", "site: works", "site: {name: 7}", "site: {name: '../x'}", "site: ["])
def test_a_name_that_is_none(tmp_path: Path, text: str) -> None:
    (tmp_path / "site.yaml").write_text(text)
    assert site_name(tmp_path / "site.yaml") is None
    assert site_name(tmp_path) is None


def test_the_name_wins_over_the_file(place: Place) -> None:
    assert applied_name(place, Which(Path("nowhere.yaml"), "works")) == "works"


def test_the_file_names_the_site(place: Place, tmp_path: Path) -> None:
    path = tmp_path / "plant.yaml"
    path.write_bytes(SITE)
    assert applied_name(place, Which(path)) == "works"


def test_the_only_applied_site_is_meant(place: Place, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(BadInput, match="no site was applied here"):
        applied_name(place, Which())
    _applied(place, "one")
    (place.state / "fault-1.txt").write_text("")
    assert applied_name(place, Which()) == "one"
    _applied(place, "two")
    with pytest.raises(BadInput, match="one, two"):
        applied_name(place, Which())
    assert applied_names(place) == ("one", "two")


@pytest.mark.parametrize(
    ("folder", "name"),
    [("Plant 7", "plant-7"), ("my.site_x", "my-site-x"), ("7", "plant"), ("", "plant"), ("ä" * 9, "plant")],
)
def test_names_from_folders(folder: str, name: str) -> None:
    assert name_from(folder) == name
    assert is_name(name_from(folder))
