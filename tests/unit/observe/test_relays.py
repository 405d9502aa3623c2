# SPDX-License-Identifier: Apache-2.0
"""Recorded listings of relays by two versions of nft, and what becomes of them when somebody changes a little.

tests/integration/test_relay_record.py records them.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from tests.packets import gathering
from tests.unit.compile.test_relays import compiled, own
from tests.unit.observe.test_fabric import without_each

from ringfence.compile.document import Document, Kind
from ringfence.compile.part.relay import ORDER, chain_of
from ringfence.observe.nft_listing import listed_tables
from ringfence.observe.rules import guard_documents, router_documents

RECORDED = Path(__file__).parent / "recorded"
BOTH = pytest.mark.parametrize("version", ["debian12", "debian13"])
KEY = f'{own(gathering.site(), "scada")} . 255.255.255.255 . 47808 . "supervision"'
CHAIN = chain_of("relay4", KEY)
Listing = dict[str, Any]


def recorded(version: str, which: str = "router") -> Listing:
    found: Listing = json.loads((RECORDED / version / "relays.json").read_text())[which]
    return found


def seen(listing: Listing) -> dict[str, Document]:
    made = router_documents(gathering.scope(), listed_tables(json.dumps(listing)))
    return {address.removeprefix("host/server1/live/"): one for address, one in made.items()}


def parts(documents: dict[str, Document]) -> dict[str, dict[str, str]]:
    return {name: dict(one.parts) for name, one in documents.items()}


def rules(listing: Listing, chain: str) -> list[dict[str, Any]]:
    return [entry["rule"] for entry in listing["nftables"] if entry.get("rule", {}).get("chain") == chain]


@BOTH
def test_what_was_recorded_is_what_is_compiled(version: str) -> None:
    made = {name: one.document for name, one in compiled(gathering.site()).items()}
    guards = guard_documents(gathering.scope(), listed_tables(json.dumps(recorded(version, "guard"))))
    found = {
        **seen(recorded(version)),
        **{name.removeprefix("host/server1/live/"): one for name, one in guards.items()},
    }
    kinds = (Kind.TABLE, Kind.GUARD, Kind.CONDUIT, Kind.RELAY)
    assert parts(found) == {name: dict(one.parts) for name, one in made.items() if one.kind in kinds}


@pytest.mark.slow
@BOTH
def test_whatever_is_missing_is_seen(version: str) -> None:
    listing = recorded(version)
    whole = parts(seen(listing))
    for what, text in without_each(json.dumps(listing)):
        assert parts(seen(json.loads(text))) != whole, what


@pytest.mark.parametrize("which", [0, -1])
def test_a_rule_by_hand_is_seen_and_belongs_to_those_it_concerns(which: int) -> None:
    listing = recorded("debian12")
    (first, *_, last) = rules(listing, CHAIN)
    strange = {**(first, last)[which], "comment": "", "handle": 9999, "expr": [{"accept": None}]}
    listing["nftables"].append({"rule": strange})
    found = seen(listing)
    for name in ("relay/who-is", "relay/who-is-too"):
        assert found[name].parts[f"foreign/rule/{CHAIN}/9999"] == "accept"
    assert parts(found)["table/relay4"] == parts(seen(recorded("debian12")))["table/relay4"]


def forged_owner(one: dict[str, Any]) -> None:
    one["comment"] += " somebody"


def forged_member(one: dict[str, Any]) -> None:
    one["expr"][-1] = {"dup": {"addr": "10.91.9.9"}}


@pytest.mark.parametrize("change", [forged_owner, forged_member])
def test_a_member_by_hand_is_seen(change: Callable[[dict[str, Any]], None]) -> None:
    listing = recorded("debian12")
    change(rules(listing, CHAIN)[1])
    assert parts(seen(listing)) != parts(seen(recorded("debian12")))


def test_the_order_of_members_means_nothing_and_that_of_the_ends_does() -> None:
    listing = recorded("debian12")
    first, one, other, *_, last = rules(listing, CHAIN)
    for pair, order in (((one, other), ORDER), ((first, last), "")):
        turned = recorded("debian12")
        swapped = {id(pair[0]): pair[1], id(pair[1]): pair[0]}
        turned["nftables"] = [
            {"rule": swapped.get(id(entry["rule"]), entry["rule"])} if "rule" in entry else entry
            for entry in listing["nftables"]
        ]
        said = seen(turned)["relay/who-is"].parts[f"order/{CHAIN}"]
        assert said == order if order else said.startswith("relayed, ")


def test_tables_of_relays_are_nobody_else_s_even_without_the_router_s() -> None:
    listing = recorded("debian12")
    assert not [key for key in seen(listing)["table/router"].parts if key.startswith("foreign/")]
    alone = [entry for entry in listing["nftables"] if all(one.get("family") != "inet" for one in entry.values())]
    assert {"table/relay4", "relay/who-is"} <= seen({"nftables": alone}).keys()


def test_an_element_without_owner_and_a_chain_that_nobody_needs_are_foreign() -> None:
    listing = recorded("debian12")
    (relays,) = [e["map"] for e in listing["nftables"] if e.get("map", {}).get("name") == "relay4"]
    for element in relays["elem"]:
        element[0]["elem"].pop("comment", None)
    table = seen(listing)["table/relay4"].parts
    assert table[f"foreign/element/relay4/{KEY}"] == f"goto {CHAIN}"
    assert table[f"chain/{CHAIN}"] == "regular"
    assert "relay/io" not in seen(listing)
