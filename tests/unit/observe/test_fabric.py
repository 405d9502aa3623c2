# SPDX-License-Identifier: Apache-2.0
"""Recorded output of the tools of two distributions, and every way in which it can be changed a little.

tests/integration/test_fabric_record.py records it.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from tests import factory
from tests.packets import bay
from tests.packets.plant import scope, site

from ringfence.base.addresses import Address
from ringfence.compile.document import Document
from ringfence.compile.fabric import fabric_artifacts
from ringfence.compile.part.setting import sysctl_path
from ringfence.observe.dnsmasq import DhcpSight
from ringfence.observe.fabric import Sight, fabric_documents
from ringfence.observe.links import Space
from ringfence.observe.nft_listing import listed_tables
from ringfence.observe.rules import grants, guard_documents, is_grant, router_documents

RECORDED = Path(__file__).parent / "recorded"
VERSIONS = ("debian12", "debian13")


def recorded(version: str, name: str = "fabric") -> Sight:
    raw = json.loads((RECORDED / version / f"{name}.json").read_text())
    dhcp = DhcpSight(**{**raw["dhcp"], "arguments": tuple(raw["dhcp"]["arguments"])})
    stubs = {name: Space(**space) for name, space in raw["stubs"].items()}
    return Sight(Space(**raw["host"]), raw["guard"], Space(**raw["router"]), raw["ruleset"], stubs, dhcp)


def parts(documents: dict[Address, Document]) -> dict[Address, dict[str, str]]:
    return {address: dict(one.parts) for address, one in documents.items()}


@pytest.fixture(scope="module")
def compiled() -> dict[Address, dict[str, str]]:
    from tests.integration.fabric.stage import Stage

    stage = Stage(site(), scope())
    names = frozenset(stage.site.workloads)
    made = fabric_artifacts(stage.site, names, stage.bindings, stage.scope, factory.NOW)
    return {one.address: dict(one.document.parts) for one in made}


@pytest.mark.parametrize("version", VERSIONS)
def test_what_was_recorded_is_what_is_compiled(version: str, compiled: dict[Address, dict[str, str]]) -> None:
    assert parts(fabric_documents(scope(), recorded(version))) == compiled


@pytest.mark.parametrize("version", VERSIONS)
def test_a_grant_that_runs_is_no_part_of_anything(version: str) -> None:
    (table,) = listed_tables(recorded(version).ruleset).values()
    running = [one for one in table.elements if is_grant(one)]
    assert {grant.conduit for one in running for grant in grants(one)} == {"sleeps"}
    assert all(one.timeout is not None and 0 < one.timeout <= 600 for one in running)


def without_each(listing: str) -> Iterator[tuple[str, str]]:
    """Yield a listing with one object or element less, and what it was; rules twice are another."""
    whole = json.loads(listing)["nftables"]
    for place, entry in enumerate(whole):
        ((kind, value),) = entry.items()
        for what, instead in _instead(kind, value):
            yield what, json.dumps({"nftables": [*whole[:place], *instead, *whole[place + 1 :]]})


def _instead(kind: str, value: dict[str, Any]) -> Iterator[tuple[str, list[dict[str, Any]]]]:
    name, elements = value.get("name", value.get("comment", "")), value.get("elem", [])
    if kind != "metainfo":
        yield f"{kind} {name}", []
    for number, gone in enumerate(elements):
        if "@" not in json.dumps(gone):  # a grant is nobody's part
            yield f"element of {name}", [{kind: {**value, "elem": elements[:number] + elements[number + 1 :]}}]
    if kind == "rule":
        yield f"second {name}", [{kind: value}] * 2


@pytest.mark.parametrize("version", VERSIONS)
def test_whatever_is_missing_in_a_ruleset_is_seen(version: str) -> None:
    ruleset = recorded(version).ruleset
    whole = router_documents(scope(), listed_tables(ruleset))
    for what, text in without_each(ruleset):
        assert parts(router_documents(scope(), listed_tables(text))) != parts(whole), what


@pytest.mark.parametrize("version", VERSIONS)
def test_whatever_is_missing_in_the_guard_is_seen(version: str) -> None:
    guard = recorded(version).guard
    whole = guard_documents(scope(), listed_tables(guard))
    for what, text in without_each(guard):
        assert parts(guard_documents(scope(), listed_tables(text))) != parts(whole), what


@pytest.fixture(scope="module")
def bay_compiled() -> dict[Address, dict[str, str]]:
    here = bay.site()
    made = fabric_artifacts(here, frozenset(here.workloads), bay.bindings(here), bay.scope(), factory.NOW)
    return {one.address: dict(one.document.parts) for one in made}


@pytest.mark.parametrize("version", VERSIONS)
def test_a_bay_is_seen_as_compiled(version: str, bay_compiled: dict[Address, dict[str, str]]) -> None:
    assert parts(fabric_documents(bay.scope(), recorded(version, "bay"))) == bay_compiled


@pytest.mark.parametrize("version", VERSIONS)
def test_whatever_is_missing_of_layer_two_conduits_is_seen(version: str) -> None:
    guard = recorded(version, "bay").guard
    whole = guard_documents(bay.scope(), listed_tables(guard))
    frames = [address for address in whole if "/frames/" in address]
    assert len(frames) == 7
    for what, text in without_each(guard):
        assert parts(guard_documents(bay.scope(), listed_tables(text))) != parts(whole), what


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("flag", ["isolated", "learning", "flood", "mcast_flood", "bcast_flood", "guard"])
def test_every_flag_of_a_wire_is_seen(version: str, flag: str, bay_compiled: dict[Address, dict[str, str]]) -> None:
    sight, address = recorded(version, "bay"), bay.scope().address("uplink", "yard")
    links = json.loads(sight.host.links)
    (wire,) = (link for link in links if link["ifname"] == bay.WIRE)
    wire["linkinfo"]["info_slave_data"][flag] = not wire["linkinfo"]["info_slave_data"][flag]
    other = replace(sight, host=replace(sight.host, links=json.dumps(links)))
    assert dict(fabric_documents(bay.scope(), other)[address].parts) != bay_compiled[address]


def settings(compiled: dict[Address, dict[str, str]]) -> Iterator[tuple[Address, str]]:
    """Yield the file of every setting that is a part."""
    for address, one in compiled.items():
        for key in one:
            end, _, setting = key.rpartition("/")
            if path := sysctl_path(setting, one.get(f"{end}/name" if end else "name", "")):
                yield address, path


@pytest.mark.parametrize("version", VERSIONS)
def test_every_setting_is_seen(version: str, compiled: dict[Address, dict[str, str]]) -> None:
    sight = recorded(version)
    found = list(settings(compiled))
    assert len(found) > 50
    for address, path in found:
        spaces = {"host": sight.host, "router": sight.router, **sight.stubs}
        texts = {name: space.sysctls.replace(f"{path}:", f"{path}:7") for name, space in spaces.items() if space}
        changed = {name: replace(space, sysctls=texts[name]) for name, space in spaces.items() if space}
        host, router = changed.pop("host"), changed.pop("router")
        other = replace(sight, host=host, router=router, stubs=changed)
        assert dict(fabric_documents(scope(), other)[address].parts) != compiled[address], path


@pytest.mark.parametrize("version", VERSIONS)
def test_every_flag_of_a_port_is_seen(version: str, compiled: dict[Address, dict[str, str]]) -> None:
    sight = recorded(version)
    for flag in ("isolated", "learning", "flood", "mcast_flood", "bcast_flood", "guard"):
        links = json.loads(sight.host.links)
        for link in links:
            data = link.get("linkinfo", {}).get("info_slave_data", {})
            if flag in data:
                data[flag] = not data[flag]
        other = replace(sight, host=replace(sight.host, links=json.dumps(links)))
        seen = parts(fabric_documents(scope(), other))
        ports = [address for address in compiled if "/port/" in address or "/link/" in address]
        assert all(seen[address] != compiled[address] for address in ports), flag


def test_rules_of_others_in_the_router_are_foreign() -> None:
    sight = recorded("debian12")
    listing = json.loads(sight.ruleset)
    rule = {"family": "inet", "table": scope().table, "chain": "forward", "handle": 999, "expr": [{"accept": None}]}
    listing["nftables"] += [{"table": {"family": "ip", "name": "more", "handle": 1}}, {"rule": rule}]
    seen = router_documents(scope(), listed_tables(json.dumps(listing)))
    table = seen[scope().address("table", "router")].parts
    assert table["foreign/rule/forward/999"] == "accept"
    assert table["foreign/table/ip more"] == "there"


def test_nothing_stands_where_nothing_was_printed() -> None:
    assert fabric_documents(scope(), Sight(Space("[]", ""), "")) == {}
