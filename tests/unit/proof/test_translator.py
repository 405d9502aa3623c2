# SPDX-License-Identifier: Apache-2.0
"""A translated uplink's own namespace, and artifacts that are missing: nothing about them is taken on trust."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest
from tests.integration.fabric.stage import Stage
from tests.packets import bay

from ringfence.compile.document import Document
from ringfence.compile.scope import Endpoints, Scope
from ringfence.proof.reach import reach
from ringfence.site.loader import load

_RULE = "nat/rule/"


@pytest.fixture(scope="module")
def outside() -> list[Document]:
    path = Path(__file__).parents[2] / "integration/outside/site.yaml"
    site, problems = load(path.read_bytes(), path.name, str(path.parent), lambda one: Path(one).read_bytes())
    assert site is not None, problems
    return list(Stage(site, Scope(site.name, next(iter(site.hosts)), "live", Endpoints.STUB)).documents())


def changed(documents: list[Document], end: str, parts: Mapping[str, str | None]) -> list[Document]:
    """Return the documents with parts of one changed; None takes a part away."""
    assert any(one.address.endswith(end) for one in documents)
    return [
        replace(one, parts={key: value for key, value in {**one.parts, **parts}.items() if value is not None})
        if one.address.endswith(end)
        else one
        for one in documents
    ]


def told(documents: list[Document]) -> str:
    found = reach(documents)
    return "; ".join((*(one.what for one in found.doors), *(one.why for one in found.unread)))


def test_a_translation_as_it_was_compiled_opens_nothing(outside: list[Document]) -> None:
    assert told(outside) == ""


@pytest.mark.parametrize(
    ("parts", "what"),
    [
        ({"nat/chain/forward": "filter hook forward priority 0; policy accept"}, "what no route names comes out"),
        ({"nat/chain/forward": None}, "what no route names comes out"),
        ({f"{_RULE}forward/out": 'iifname "router" oifname "wire" accept'}, "what no route names comes out"),
        ({f"{_RULE}forward/in": 'iifname "wire" accept'}, "go back to the side"),
        ({"nat/order/forward": "in"}, "does not come out"),
        ({"nat/order/forward": "out"}, "comes in as somebody else"),
        ({"nat/chain/input": "filter hook input priority 0; policy accept"}, "can be spoken to"),
        ({"nat/chain/output": None}, "can be spoken to"),
        ({"nat/order/arriving": None}, "does not come out, or comes out untranslated"),
        (
            {f"{_RULE}arriving/one": 'iifname "router" ip daddr 10.201.0.0/24 dnat to 192.168.0.7'},
            "do not lead to as many real ones",
        ),
        (
            {
                f"{_RULE}arriving/one": 'iifname "router" ip daddr 10.201.0.0/24 dnat ip prefix to 192.168.1.0/24',
                f"{_RULE}leaving/one": 'oifname "router" ip saddr 192.168.1.0/24 snat ip prefix to 10.201.0.0/24',
            },
            "not on the plant's side",
        ),
        (
            {f"{_RULE}leaving/one": 'oifname "router" ip saddr 192.168.0.0/24 snat ip prefix to 10.201.1.0/24'},
            "comes in as somebody else",
        ),
        ({"nat/order/leaving": "one"}, "the plant sees addresses that are not the interface's own"),
        ({"wire/ipv4": "192.168.0.251/24"}, "the plant sees addresses that are not the interface's own"),
        ({"nat/table": None}, "packets of IPv4 are not translated"),
        ({"neighbour": None}, "the other side of the pair is not found"),
        ({"inner/mac": "52:54:00:00:00:01"}, "the other side of the pair is not found"),
        ({"inner/default": None}, "answers have no way back"),
        ({"route/10.201.0.0/24": "via inet6 fe80::9"}, "it leads to nobody"),
        ({"namespace": None}, "nobody says where it is"),
        ({"source": None}, "it does not say that it translates"),
        ({"source": None, "wire/inet.conf.accept_source_route": "1"}, "a packet's sender chooses its way"),
        ({f"{_RULE}forward/in": "frobnicate accept"}, "is not known"),
    ],
)
def test_a_translation_that_does_not_hold_is_told(
    outside: list[Document], parts: Mapping[str, str | None], what: str
) -> None:
    assert what in told(changed(outside, "uplink/skid-one", parts))


def test_two_routes_to_the_same_real_addresses_are_told(outside: list[Document]) -> None:
    """What may reach the one would reach the other."""
    both = 'iifname "router" ip daddr 10.201.2.0/24 dnat ip prefix to 192.168.0.0/24'
    parts = {
        "nat/order/arriving": "one, more",
        f"{_RULE}arriving/more": both,
        "route/10.201.2.0/24": "via inet6 fe80::2",
    }
    assert "do not lead to as many real ones" in told(changed(outside, "uplink/skid-one", parts))


@pytest.mark.parametrize("key", ["source", "take", "owner"])
def test_an_uplink_that_nobody_says_the_interface_of_is_told(outside: list[Document], key: str) -> None:
    assert "nobody says which interface this is" in told(changed(outside, "uplink/plant", {key: None}))


def test_a_router_whose_kernel_nobody_knows_is_told(outside: list[Document]) -> None:
    left = [one for one in outside if not one.address.endswith("namespace/router")]
    assert "nobody knows what the router's kernel lets happen" in told(left)


@pytest.mark.parametrize("parts", [{"bridge/up": "no"}, {"bridge/up": None}, {"bridge/name": None}])
def test_a_bridge_that_is_not_up_is_told_where_frames_alone_pass(parts: Mapping[str, str | None]) -> None:
    site = bay.site()
    documents = list(Stage(site, Scope(site.name, "server1", "live", Endpoints.STUB)).documents())
    assert told(documents) == ""
    assert "a bridge with ports is not there, or is down" in told(changed(documents, "link/bay", parts))
