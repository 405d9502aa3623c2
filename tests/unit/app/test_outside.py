# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

from pathlib import Path

from ringfence.app.outside import asset_names, uplinks
from ringfence.cli.paint import Paint
from ringfence.cli.show.status import outside_lines
from ringfence.compile.document import Document, Kind
from ringfence.compile.scope import Scope
from ringfence.observe.uplinks import NO_CARRIER
from ringfence.site.loader import load
from ringfence.site.site import Site

SCOPE = Scope("t-outside", "server1")


def _site(repository: Path) -> Site:
    site, problems = load((repository / "tests" / "integration" / "outside" / "site.yaml").read_bytes())
    assert site is not None, problems
    return site


def _standing(name: str, body: str = "") -> Document:
    return Document(SCOPE.address("uplink", name), Kind.UPLINK, {}, body)


def test_a_translated_asset_is_named_with_both_of_its_addresses(repository: Path) -> None:
    names = asset_names(_site(repository))
    assert names["10.201.0.0/24"] == "asset/one (10.201.0.0/24, in the plant 192.168.0.0/24)"
    assert names["10.78.1.7"] == names["fd78:0:0:1::7"] == "asset/plc"


def test_an_address_belongs_to_the_smallest_asset_that_holds_it(repository: Path) -> None:
    names = asset_names(_site(repository))
    assert names["172.17.0.5"] == "asset/spot"
    assert "172.17.0.0/16" not in names
    assert names["172.17.128.0/17"] == "asset/cloud"


def test_status_shows_uplinks_with_their_cable_and_what_lies_behind(repository: Path) -> None:
    standing = [_standing("plant"), _standing("office", NO_CARRIER)]
    found = uplinks(_site(repository), SCOPE, {one.address: one for one in standing})
    assert {one.name: one.state for one in found} == {
        "plant": "connected",
        "office": "no carrier",
        "transit": "not connected",
        "skid-one": "not connected",
        "skid-two": "not connected",
    }
    lines = [" ".join(line.split()) for line in outside_lines(found, Paint())]
    assert "office t-o-nic1 no carrier" in lines
    assert "field plc 10.78.1.7 fd78:0:0:1::7" in lines
    assert "far two 10.202.0.10 (in the plant 192.168.0.10)" in lines
