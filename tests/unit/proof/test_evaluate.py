# SPDX-License-Identifier: Apache-2.0
"""Verdicts of chains: policies, goto and jump, maps, limits, what is taken out, and what nobody understands."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from ringfence.compile.document import Document, Kind
from ringfence.proof import field
from ringfence.proof.box import Box
from ringfence.proof.evaluate import copied, passed, walk
from ringfence.proof.region import Region
from ringfence.proof.ruleset import Ruleset, read
from ringfence.proof.values import Values, exactly

WHERE = "host/server1/live/table/router"
TCP = {field.PROTOCOL: exactly(field.IP4), field.PROTO: exactly(field.TCP), field.LATER: exactly(0)}


def table(chains: Mapping[str, list[str]], parts: Mapping[str, str] | None = None) -> Ruleset:
    """Return a ruleset; a chain called like a hook is its base chain, with a policy to drop."""
    found: dict[str, str] = {"counter/c": "counter", **(parts or {})}
    for name, rules in chains.items():
        hook = f"filter hook {name} priority 0; policy drop"
        found.setdefault(f"chain/{name}", hook if name == "forward" else "regular")
        found.setdefault(f"order/{name}", ", ".join(f"r{number}" for number in range(len(rules))))
        found |= {f"rule/{name}/r{number}": text for number, text in enumerate(rules)}
    return read([Document(WHERE, Kind.TABLE, found)])


def packet(port: int, **fields: Values) -> Box:
    return Box({**TCP, field.DPORT: exactly(port), field.SPORT: exactly(1024), field.STATE: exactly(3), **fields})


def accepted(ruleset: Ruleset, port: int) -> bool:
    """Tell whether a packet passes, once by itself and once as part of everything."""
    one = packet(port)
    alone = walk(ruleset, "forward", one).accepted
    found = passed(ruleset, "forward", [Region(Box({}))])
    assert alone is any(box.meets(one) for passing in found for box in passing.region.boxes())
    return alone


@pytest.mark.parametrize(
    ("chains", "open_ports", "closed_ports"),
    [
        ({"forward": ["tcp dport 22 accept"]}, [22], [23]),
        ({"forward": ["tcp dport 22 drop", "tcp dport 20-25 accept"]}, [20, 21, 23], [22, 26]),
        ({"forward": ["tcp dport != 22 accept"]}, [21, 23], [22]),
        ({"forward": ["tcp dport { 22, 25-26 } accept"]}, [22, 26], [23, 27]),
        ({"forward": ["goto a", "accept"], "a": ["tcp dport 22 accept"]}, [22], [23]),
        ({"forward": ["jump a", "tcp dport 23 accept"], "a": ["tcp dport 22 accept"]}, [22, 23], [24]),
        ({"forward": ["jump a", "tcp dport 23 accept"], "a": ["goto b"], "b": ["tcp dport 22 accept"]}, [22, 23], [24]),
        ({"forward": ["jump a", "tcp dport 20-30 accept"], "a": ["tcp dport 22 drop"]}, [23], [22, 31]),
        ({"forward": ['counter name "c"', "tcp dport 22 limit rate 5/second burst 5 packets accept"]}, [22], [23]),
        ({"forward": ["limit rate over 5/second burst 5 packets drop", "tcp dport 22 accept"]}, [22], [23]),
        ({"forward": ["limit rate 5/second burst 5 packets drop", "tcp dport 22 accept"]}, [22], [23]),
        ({"forward": ["ct state invalid drop", "ct state new accept"]}, [22], []),
        ({"forward": ["udp dport 22 accept"]}, [], [22]),
    ],
)
def test_verdicts(chains: Mapping[str, list[str]], open_ports: list[int], closed_ports: list[int]) -> None:
    ruleset = table(chains)
    assert [accepted(ruleset, port) for port in open_ports] == [True] * len(open_ports)
    assert [accepted(ruleset, port) for port in closed_ports] == [False] * len(closed_ports)
    assert ruleset.unread == []


def test_a_map_goes_where_its_element_says_and_on_where_it_says_nothing() -> None:
    elements = {
        "map/m": "type inet_service : verdict; flags interval",
        "element/m/22": "goto yes",
        "element/m/30-35": "drop",
    }
    ruleset = table({"forward": ["tcp dport vmap @m", "tcp dport 20-40 accept"], "yes": ["accept"]}, elements)
    assert [port for port in range(18, 45) if accepted(ruleset, port)] == [*range(20, 30), *range(36, 41)]
    walked = walk(ruleset, "forward", packet(22))
    assert [one.key for one in walked.path] == ["rule/forward/r0", "element/m/22", "rule/yes/r0"]


def test_all_base_chains_have_to_accept() -> None:
    parts = {"chain/first": "filter hook forward priority -10; policy accept"}
    ruleset = table({"first": ["tcp dport 22 drop"], "forward": ["accept"]}, parts)
    assert [accepted(ruleset, port) for port in (22, 23)] == [False, True]


def test_a_rule_that_nobody_understands_is_named_and_the_rest_goes_on() -> None:
    ruleset = table({"forward": ["socket transparent 1 accept", "tcp dport 22 accept"]})
    (unread,) = ruleset.unread
    assert (unread.place.artifact, unread.place.key) == (WHERE, "rule/forward/r0")
    assert accepted(ruleset, 22)


@pytest.mark.parametrize(
    ("parts", "why"),
    [
        ({"order/forward": "r0", "rule/forward/r0": "ip saddr @gone accept"}, "there is no set gone"),
        ({"order/forward": "r0", "rule/forward/r0": "goto gone"}, "there is no chain gone"),
        ({"order/forward": "r0", "rule/forward/r0": 'counter name "gone" drop'}, "there is no counter gone"),
        ({"order/forward": "gone"}, "a rule that is named and not there"),
        ({"map/m": "type ifname : verdict", 'element/m/"a"': "goto gone"}, "there is no chain gone"),
        ({"element/gone/22": "member"}, "there is no set gone"),
        ({"set/s": "type inet_service", "element/s/22-25": "member"}, "holds single values"),
        ({"set/s": "type ipv6_addr", "element/s/10.0.0.1": "member"}, "is no ipv6_addr"),
        ({"set/s": "type ifname", "element/s/10.0.0.1": "accept"}, "is no ifname"),
        ({"set/s": "type ipv4_addr", "element/s/10.0.0.1": "accept"}, "not what the set is for"),
        ({"set/s": "type ipv4_addr . ifname", "element/s/10.0.0.1": "member"}, "has 1 fields"),
        ({"set/s": "type cgroupsv2", "element/s/10.0.0.1": "member"}, "of a kind that is not known"),
        ({"chain/other": "filter hook ingress device eth0 priority 0; policy drop"}, "of a kind that is not known"),
    ],
)
def test_what_nft_would_not_load_counts_as_unproven(parts: Mapping[str, str], why: str) -> None:
    assert any(why in one.why for one in table({"forward": []}, {"order/forward": "", **parts}).unread)


@pytest.mark.parametrize(("deep", "told"), [(15, False), (16, True)])
def test_chains_deeper_than_the_kernel_goes_count_as_unproven(deep: int, told: bool) -> None:
    chains = {"forward": ["jump c1"], **{f"c{one}": [f"jump c{one + 1}"] for one in range(1, deep)}}
    ruleset = table({**chains, f"c{deep}": ["accept"]})
    assert any("deeper" in one.why for one in ruleset.unread) is told
    assert accepted(ruleset, 22)


def test_chains_that_never_end_count_as_unproven() -> None:
    elements = {"map/m": "type inet_service : verdict", "element/m/22": "jump a"}
    ruleset = table({"forward": ["jump a", "accept"], "a": ["goto b"], "b": ["tcp dport vmap @m"]}, elements)
    assert any("deeper" in one.why for one in ruleset.unread)


def test_what_a_rule_changes_shows_behind_it() -> None:
    ruleset = table({"forward": ["ip daddr set 10.0.0.9 meta mark set 7 dup to 10.0.0.9", "ip daddr 10.0.0.9 accept"]})
    start = Region(Box({**TCP, field.TARGET4: exactly(1)}))
    (passing,) = passed(ruleset, "forward", [start])
    assert passing.region.box.at(field.TARGET4) == exactly(0x0A000009)
    (copy,) = copied(ruleset, "forward", [start])
    assert (copy.member, copy.region.box.at(field.MARK)) == ("10.0.0.9", exactly(7))


def test_a_prefix_is_translated_bit_by_bit() -> None:
    chain = {"chain/nat": "nat hook prerouting priority -100; policy accept"}
    ruleset = table({"nat": ["ip daddr 10.0.0.0/24 dnat ip prefix to 192.168.0.0/24"]}, chain)
    start = Region(Box({**TCP, field.TARGET4: exactly(0x0A000007)}))
    (passing,) = passed(ruleset, "prerouting", [start])
    assert passing.region.box.at(field.TARGET4) == exactly(0xC0A80007)
