# SPDX-License-Identifier: Apache-2.0
"""Tables of nftables drawn at random, in the grammar that compiled parts use: as a script and as parts."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field

from hypothesis import strategies as st
from tests.oracle.words import span
from tests.packets.ruleset import literal

_NAMES = ('"a"', '"b"', '"c"')
_MACS = ("52:54:00:00:00:0a", "52:54:00:00:00:0b", "01:0c:cd:01:00:01")
_FOUR = ("10.0.0.1", "10.0.0.2", "10.0.0.3", "10.0.0.0/31", "10.0.0.2-10.0.0.9", "10.0.0.0/8", "1.0.0.0")
_SIX = ("fd00::1", "fd00::2", "fe80::/10", "fd00::2-fd00::9", "::", "fd00::/64")
_PORTS = ("22", "502", "500-510", "505-600", "0-1023", "8080")
_PROTOCOLS = ("tcp", "udp", "icmp", "ipv6-icmp")
_ICMP = ("echo-request", "echo-reply", "destination-unreachable", "time-exceeded")
_ICMP6 = ("echo-request", "packet-too-big", "nd-neighbor-advert", "nd-neighbor-solicit", "nd-redirect")
_ETHER = ("ip", "ip6", "arp", "0x0800", "0x86dd", "0x0806", "0x8035", "0x88b8")

WORDS: dict[str, tuple[str, ...]] = {
    "iifname": _NAMES,
    "oifname": _NAMES,
    "ether saddr": _MACS,
    "ether daddr": _MACS,
    "meta protocol": _ETHER,
    "ip saddr": _FOUR,
    "ip daddr": _FOUR,
    "ip6 saddr": _SIX,
    "ip6 daddr": _SIX,
    "meta l4proto": _PROTOCOLS,
    "th sport": _PORTS,
    "th dport": _PORTS,
    "tcp dport": _PORTS,
    "tcp sport": _PORTS,
    "udp dport": _PORTS,
    "udp sport": _PORTS,
    "icmp type": _ICMP,
    "icmpv6 type": _ICMP6,
    "ip ttl": ("1", "2-5", "64"),
    "ip6 hoplimit": ("1", "255"),
    "ct state": ("new", "established", "related", "invalid", "untracked"),
    "ct direction": ("original", "reply"),
    "meta mark": ("0x1", "0x2", "1-5"),
    "meta pkttype": ("host", "broadcast", "multicast"),
    "vlan id": ("0", "5", "1-7"),
    "arp operation": ("request", "reply"),
    "arp saddr ether": _MACS,
    "arp saddr ip": _FOUR,
    "arp htype": ("1",),
    "arp plen": ("4",),
    "@th,64,16": ("0xfe80", "0x1"),
    "@th,64,8": ("0x1", "0xfe"),
}
"""What a field is compared with."""
_TYPES = {
    "iifname": "ifname",
    "oifname": "ifname",
    "ether saddr": "ether_addr",
    "ether daddr": "ether_addr",
    "meta protocol": "ether_type",
    "ip saddr": "ipv4_addr",
    "ip daddr": "ipv4_addr",
    "ip6 saddr": "ipv6_addr",
    "ip6 daddr": "ipv6_addr",
    "meta l4proto": "inet_proto",
    "th sport": "inet_service",
    "th dport": "inet_service",
    "arp saddr ether": "ether_addr",
    "arp saddr ip": "ipv4_addr",
}
_RANGED = {"ipv4_addr", "ipv6_addr", "inet_service"}
_EVERYWHERE = ("iifname", "oifname", "meta mark")
_TRACKING = ("ct state", "ct direction")
_TALK4 = ("ip saddr", "ip daddr", "meta l4proto", "ip ttl")
_TALK6 = ("ip6 saddr", "ip6 daddr", "meta l4proto", "ip6 hoplimit")
_PORTED = (("th sport", "th dport"), ("tcp sport", "tcp dport"), ("udp sport", "udp dport"))
_SAID = ("arp operation", "arp saddr ether", "arp saddr ip", "arp htype", "arp plen")
_FRAME = ("ether saddr", "ether daddr", "meta pkttype")
THEMES: dict[str, tuple[tuple[str, ...], ...]] = {
    "inet": (
        *((*_TALK4, *ports, *_TRACKING, *_EVERYWHERE) for ports in _PORTED),
        *((*_TALK6, *ports, *_TRACKING, *_EVERYWHERE) for ports in _PORTED),
        ("ip saddr", "ip daddr", "icmp type", *_EVERYWHERE),
        ("ip6 saddr", "ip6 daddr", "icmpv6 type", "@th,64,16", *_EVERYWHERE),
        (*_TRACKING, *_EVERYWHERE),
        ("meta l4proto", "th dport", *_TRACKING),
    ),
    "bridge": (
        *((*_TALK4, *ports, *_FRAME, *_EVERYWHERE) for ports in _PORTED),
        *((*_TALK6, *ports, *_FRAME, *_EVERYWHERE) for ports in _PORTED),
        ("meta protocol", "vlan id", *_FRAME, *_EVERYWHERE),
        ("ip saddr", "icmp type", *_FRAME, "iifname"),
        ("ip6 saddr", "icmpv6 type", "@th,64,16", *_FRAME, "iifname"),
        ("@th,64,8", "ip6 saddr", "udp dport", "iifname"),
        (*_SAID, *_FRAME, *_EVERYWHERE),
        ("th dport", "meta protocol", "iifname"),
    ),
}
"""What one rule may compare: nft refuses rules that ask for two protocols at once."""
HOOKS = {"inet": ("forward", "input"), "bridge": ("prerouting", "forward")}
_GATED = {"icmp type": "ip", "icmpv6 type": "ip6", "arp": "arp"}
_LOOKUPS, _CHAINS = 3, 4
_KEYS = tuple(_TYPES)


@dataclass(slots=True)
class Lookup:
    """A set, or a map of verdicts. ``looks`` are what its key holds."""

    name: str
    looks: tuple[str, ...]
    elements: dict[str, str] = field(default_factory=dict)
    is_map: bool = False
    intervals: bool = False

    @property
    def type(self) -> str:
        kinds = " . ".join(_TYPES[one] for one in self.looks)
        flags = "; flags interval" if self.intervals else ""
        return f"type {kinds}{' : verdict' if self.is_map else ''}{flags}"


@dataclass(slots=True)
class Table:
    """A table as drawn. ``chains`` maps each to its hook, empty for a regular one; rules are text."""

    family: str
    chains: dict[str, str] = field(default_factory=dict)
    rules: dict[str, list[str]] = field(default_factory=dict)
    lookups: list[Lookup] = field(default_factory=list)

    def script(self, name: str = "t") -> str:
        """Return the table as nft reads it."""
        return "\n".join(self._lines(f"{self.family} {name}")) + "\n"

    def _lines(self, table: str) -> Iterator[str]:
        yield f"add table {table}"
        for one in self.lookups:
            yield f"add {'map' if one.is_map else 'set'} {table} {one.name} {{ {one.type}; }}"
        for name, hook in self.chains.items():
            yield f"add chain {table} {name}" + (f" {{ type {hook}; }}" if hook else "")
        for one in self.lookups:
            for key, value in one.elements.items():
                yield f"add element {table} {one.name} {{ {key}{f' : {value}' if one.is_map else ''} }}"
        for chain, rules in self.rules.items():
            for number, text in enumerate(rules):
                yield f'add rule {table} {chain} {text} comment "r{number}"'

    def parts(self) -> dict[str, str]:
        """Return the table as the compiler writes parts."""
        found = {f"chain/{name}": hook or "regular" for name, hook in self.chains.items()}
        for one in self.lookups:
            found[f"{'map' if one.is_map else 'set'}/{one.name}"] = one.type
            found |= {f"element/{one.name}/{key}": value for key, value in one.elements.items()}
        for chain, rules in self.rules.items():
            found[f"order/{chain}"] = ", ".join(f"r{number}" for number in range(len(rules)))
            found |= {f"rule/{chain}/r{number}": text for number, text in enumerate(rules)}
        return found


@st.composite
def tables(draw: st.DrawFn, family: str | None = None) -> Table:
    """Draw a table: chains that lead only to later ones, sets, maps, and one to two base chains for each hook."""
    family = family or draw(st.sampled_from(("inet", "bridge")))
    table = Table(family)
    regular = [f"c{number}" for number in range(draw(st.integers(1, _CHAINS)))]
    table.chains = {**draw(_bases(family)), **dict.fromkeys(regular, "")}
    table.lookups = [draw(_lookup(family, number, regular)) for number in range(draw(st.integers(0, _LOOKUPS)))]
    for place, name in enumerate(table.chains):
        later = [one for one in list(table.chains)[place + 1 :] if one in regular]
        usable = [one for one in table.lookups if _leads(one) <= set(later)]
        table.rules[name] = draw(st.lists(_rule(family, later, usable), max_size=4))
    return table


@st.composite
def _bases(draw: st.DrawFn, family: str) -> dict[str, str]:
    found = {}
    for hook in HOOKS[family]:
        for number, priority in enumerate(draw(st.lists(st.sampled_from((-300, 0, 10)), max_size=2, unique=True))):
            policy = draw(st.sampled_from(("accept", "drop")))
            found[f"{hook}{number}"] = f"filter hook {hook} priority {priority}; policy {policy}"
    return found


def _leads(lookup: Lookup) -> set[str]:
    """Return the chains that a map leads to."""
    return {value.split()[1] for value in lookup.elements.values() if " " in value}


def _verdicts(chains: list[str]) -> st.SearchStrategy[str]:
    found = ["accept", "drop", *(f"{how} {name}" for name in chains for how in ("goto", "jump"))]
    return st.sampled_from(found)


@st.composite
def _lookup(draw: st.DrawFn, family: str, number: int, chains: list[str]) -> Lookup:
    theme = draw(st.sampled_from(THEMES[family]))
    possible = [one for one in theme if one in _TYPES]
    looks = tuple(draw(st.lists(st.sampled_from(possible), min_size=1, max_size=4, unique=True)))
    ranged = any(_TYPES[one] in _RANGED for one in looks) and draw(st.booleans())
    found = Lookup(f"m{number}", looks, is_map=draw(st.booleans()), intervals=ranged)
    for _ in range(draw(st.integers(0, 4))):
        key = [draw(st.sampled_from(_elements(look, intervals=found.intervals))) for look in looks]
        if not any(_meet(key, other.split(" . ")) for other in found.elements):
            found.elements[" . ".join(key)] = draw(_verdicts(chains[-2:])) if found.is_map else "member"
    return found


def _elements(look: str, *, intervals: bool) -> list[str]:
    """Return what may stand in a key, as the compiler writes it."""
    return [
        one for one in WORDS[look] if (intervals or single(one)) and (look != "meta protocol" or one.startswith("0x"))
    ]


def single(word: str) -> bool:
    """Tell whether a word stands for one value."""
    return (
        "/" not in word
        and not ("-" in word and word.replace("-", "").replace(".", "").isdigit())
        and "::2-" not in word
    )


def _meet(one: list[str], other: list[str]) -> bool:
    """Tell whether two keys could hold one packet both; nft has no such elements in one set."""
    pairs = [(_span(x), _span(y)) for x, y in zip(one, other, strict=True)]
    return all(max(mine[0], theirs[0]) <= min(mine[1], theirs[1]) for mine, theirs in pairs)


def _span(word: str) -> tuple[int, int]:
    """Return what a word stands for, whatever it is compared with."""
    for kind in ("address", "mac", "protocol", "ether", "name"):
        with suppress(KeyError, ValueError):
            return span(kind, literal(word))
    raise AssertionError(word)


@st.composite
def _rule(draw: st.DrawFn, family: str, later: list[str], lookups: list[Lookup]) -> str:
    theme = draw(st.sampled_from(THEMES[family]))
    words = [draw(_comparison(look)) for look in draw(st.lists(st.sampled_from(theme), max_size=3, unique=True))]
    gates = {gate for look, gate in _GATED.items() if any(one.startswith(look) for one in words)}
    words = [f"ether type {gate}" for gate in gates if family == "bridge"] + words
    fitting = [one for one in lookups if set(one.looks) <= set(theme)]
    ask: bool = draw(st.booleans())
    if fitting and ask:
        one = draw(st.sampled_from(fitting))
        asked = " . ".join(one.looks)
        if one.is_map:
            return " ".join([*words, asked, "vmap", f"@{one.name}"])
        words.append(f"{asked} {draw(st.sampled_from(('', '!= ')))}@{one.name}")
    return " ".join([*words, *draw(_ending(later, theme))])


@st.composite
def _comparison(draw: st.DrawFn, look: str) -> str:
    words = WORDS[look]
    if look.startswith("@th"):
        return f"{look} {draw(st.sampled_from(words))}"
    unequal = "!= " if draw(st.integers(0, 4)) == 0 else ""
    if draw(st.integers(0, 3)) or look in {"ct state", "vlan id"}:
        return f"{look} {unequal}{draw(st.sampled_from(words))}"
    several = draw(
        st.lists(st.sampled_from([one for one in words if single(one)]), min_size=1, max_size=3, unique=True)
    )
    return f"{look} {unequal}{{ {', '.join(several)} }}"


@st.composite
def _ending(draw: st.DrawFn, later: list[str], theme: tuple[str, ...]) -> list[str]:
    limit = draw(st.sampled_from(("", "", "", "", "limit rate 5/second burst 5 packets")))
    if draw(st.integers(0, 9)) == 0 and "iifname" in theme:
        pairs = [f"{name} : {draw(_verdicts(later))}" for name in draw(st.sets(st.sampled_from(_NAMES), min_size=1))]
        return [*filter(None, [limit]), f"iifname vmap {{ {', '.join(pairs)} }}"]
    said = draw(_verdicts(later))
    if draw(st.integers(0, 6)) == 0 and not limit:
        said = f"meta mark set {draw(st.sampled_from(('0x1', '0x2', '0x7')))}"
    return [*filter(None, [limit]), said]
