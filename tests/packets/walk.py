# SPDX-License-Identifier: Apache-2.0
"""Walks a packet through a ruleset. Limits are taken as not reached: what may pass now and then, passes."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from ipaddress import IPv4Network, IPv6Network
from typing import Any

from tests.packets.packet import Ip, Packet
from tests.packets.ruleset import Chain, Ruleset, literal, partition, split

Look = Callable[[Packet], Any]
Step = Callable[[Packet], Packet | None]
Said = str | None
"""``accept``, ``drop``, ``goto CHAIN``, ``jump CHAIN``; None: the rule does not match, or says nothing."""
Rule = Callable[[Packet], tuple[Said, Packet]]
_NOTHING = object()
"""What a field of another protocol is: the rule does not match, whatever it compares."""
_SIDE_EFFECTS = {"counter": 3, "log": 5, "limit": 6, "notrack": 1}
"""Statements that decide nothing here, and how many words they have."""
_OVER = 7
"""Words of a limit that matches what is over it."""


class Walker:
    """Walks packets through one ruleset; each rule is read once."""

    def __init__(self, ruleset: Ruleset) -> None:
        self.ruleset = ruleset
        self.rules: dict[str, list[Rule]] = {}

    def verdict(self, hook: str, packet: Packet) -> str:
        """Return ``accept`` or ``drop`` for a packet at a hook: all of its base chains have to accept."""
        return self.run(hook, packet)[0]

    def run(self, hook: str, packet: Packet) -> tuple[str, Packet]:
        """Return the verdict and what became of the packet on the way, copies included."""
        for name, chain in self.ruleset.base(hook):
            said, packet = self._chain(name, chain, packet)
            if (said or chain.policy) == "drop":
                return "drop", packet
        return "accept", packet

    def _chain(self, name: str, chain: Chain, packet: Packet) -> tuple[Said, Packet]:
        """Return accept or drop, None where the packet comes out at the end; and the packet."""
        if name not in self.rules:
            self.rules[name] = [_rule(self.ruleset, words) for _, words in chain.rules]
        for rule in self.rules[name]:
            said, packet = rule(packet)
            if said is None:
                continue
            how, _, other = said.partition(" ")
            final: Said = how
            if other:
                final, packet = self._chain(other, self.ruleset.chains[other], packet)
            if final or how == "goto":
                return final, packet
        return None, packet


def _rule(ruleset: Ruleset, words: list[str]) -> Rule:
    """Return a rule as steps: each changes the packet, or says None, where the rule does not match."""
    steps: list[Step] = []
    said: Callable[[Packet], Said] = _nothing
    left = words
    while left:
        if left[0] in {"accept", "drop", "goto", "jump"}:
            said, left = _always(" ".join(left)), []
        elif _asks(left):
            look, rest = _fields(left)
            said, left = _vmap(ruleset, look, rest[1:]), []
        else:
            step, left = _statement(ruleset, left)
            steps.append(step)

    def rule(packet: Packet) -> tuple[Said, Packet]:
        now = packet
        for step in steps:
            after = step(now)
            if after is None:
                return None, now
            now = after
        return said(now), now

    return rule


def _asks(left: list[str]) -> bool:
    """Tell whether a map of verdicts is asked next."""
    return _known(left) and _fields(left)[1][0] == "vmap"


def _statement(ruleset: Ruleset, left: list[str]) -> tuple[Step, list[str]]:
    """Read what comes first: something that decides nothing, a copy, a change, or a comparison."""
    if left[:3] == ["limit", "rate", "over"]:
        return _only(lambda _: False), left[_OVER:]
    if left[0] in _SIDE_EFFECTS:
        return _only(lambda _: True), left[_SIDE_EFFECTS[left[0]] :]
    if left[:2] == ["dup", "to"]:
        return _dup(literal(left[2])), left[3:]
    look, rest = _fields(left)
    if rest[0] == "set":
        return _set(ruleset, " ".join(left[: len(left) - len(rest)]), rest[1:])
    test, rest = _compare(ruleset, look, rest)
    return _only(test), rest


def _only(test: Callable[[Packet], bool]) -> Step:
    return lambda packet: packet if test(packet) else None


def _dup(member: Ip) -> Step:
    """Copy as the kernel's nf_dup does in prerouting: a hop less, untracked, to where the member is."""

    def step(packet: Packet) -> Packet:
        copy = replace(packet, hops=packet.hops - 1, state="untracked", via=member, copies=())
        return replace(packet, copies=(*packet.copies, copy))

    return step


def _set(ruleset: Ruleset, field: str, left: list[str]) -> tuple[Step, list[str]]:
    """Set a field to a value, or to what a map has for another field; a key that it does not have ends the rule."""
    name = _WRITTEN[field]
    if _known(left):
        look, rest = _fields(left)
        pairs = ruleset.maps[rest[1][1:]]

        def from_map(packet: Packet) -> Packet | None:
            value = pairs.get(look(packet))
            return replace(packet, **{name: literal(" ".join(value))}) if value else None

        return from_map, rest[2:]
    value = literal(left[0])
    return (lambda packet: replace(packet, **{name: value})), left[1:]


def _known(left: list[str]) -> bool:
    """Tell whether words begin with a field."""
    return any(" ".join(left[:length]) in _FIELDS for length in (1, 2, 3))


def _nothing(_: Packet) -> Said:
    return None


def _always(verdict: str) -> Callable[[Packet], Said]:
    return lambda _: verdict


def _fields(left: list[str]) -> tuple[Callable[[Packet], tuple[Any, ...]], list[str]]:
    """Read a field, or several joined by dots."""
    looks: list[Look] = []
    while True:
        length = next(length for length in (3, 2, 1) if " ".join(left[:length]) in _FIELDS)
        looks.append(_FIELDS[" ".join(left[:length])])
        left = left[length:]
        if left[:1] != ["."]:
            break
        left = left[1:]

    def look(packet: Packet) -> tuple[Any, ...]:
        return tuple(_NOTHING if (value := one(packet)) is None else value for one in looks)

    return look, left


def _compare(ruleset: Ruleset, look: Look, left: list[str]) -> tuple[Callable[[Packet], bool], list[str]]:
    unequal = left[0] in {"!=", "!"}
    left = left[1:] if unequal else left
    if left[0] == "{":
        inside, _, rest = partition(left[1:], "}")
        wanted = list(_literals(inside))
    elif left[0].startswith("@"):
        wanted, rest = ruleset.sets[left[0][1:]], left[1:]
    else:
        wanted, rest = [(literal(left[0]),)], left[1:]

    def test(packet: Packet) -> bool:
        value = look(packet)
        return _NOTHING not in value and any(_same(value, one) for one in wanted) is not unequal

    return test, rest


def _literals(words: list[str]) -> Iterator[tuple[Any, ...]]:
    for one in split(words, ","):
        yield tuple(literal(" ".join(word)) for word in split(one, "."))


def _vmap(ruleset: Ruleset, look: Look, left: list[str]) -> Callable[[Packet], Said]:
    if left[0] == "{":
        parted = (partition(one, ":") for one in split(left[1:-1], ","))
        pairs = {next(_literals(key)): said for key, _, said in parted}
    else:
        pairs = ruleset.maps[left[0][1:]]

    def said(packet: Packet) -> Said:
        value = look(packet)
        if _NOTHING in value:
            return None
        exact = pairs.get(value) or next((said for key, said in pairs.items() if _same(value, key)), None)
        return " ".join(exact) if exact else None

    return said


def _same(value: tuple[Any, ...], wanted: tuple[Any, ...]) -> bool:
    return len(value) == len(wanted) and all(_is(one, other) for one, other in zip(value, wanted, strict=True))


def _is(value: Any, wanted: Any) -> bool:
    if isinstance(wanted, range | IPv4Network | IPv6Network):
        return value in wanted
    return bool(value == wanted)


def _of(kind: str, name: str) -> Look:
    return lambda packet: getattr(packet, name) if packet.kind == kind else None


def _port(name: str, *protocols: str) -> Look:
    return lambda packet: getattr(packet, name) if packet.protocol in protocols else None


def _icmp(protocol: str) -> Look:
    return lambda packet: packet.icmp if packet.protocol == protocol else None


def _arp(place: int) -> Look:
    return lambda packet: packet.arp[place] if packet.arp else None


def _constant_arp(value: object) -> Look:
    return lambda packet: value if packet.arp else None


def _nd_bits(length: int) -> Look:
    return lambda packet: None if packet.nd_target is None else packet.nd_target >> (128 - length)


def _dhcp_asker(packet: Packet) -> int | None:
    """Return relay and client of a DHCP message as they stand one behind the other; nobody relays here."""
    return None if packet.asker is None else int(packet.asker.replace(":", ""), 16)


_WRITTEN = {
    "ip daddr": "target",
    "ip saddr": "source",
    "ip ttl": "hops",
    "ip6 hoplimit": "hops",
    "meta mark": "mark",
    "ether daddr": "ether_target",
}
"""Attribute of a packet by the field that a statement may set."""
_ETHER = {"ip": "ip", "ip6": "ip6", "arp": "arp"}
_TAGS = {0x8100: "8021q", 0x88A8: "8021ad"}
"""Types of tags that the kernel takes off a frame (eth_type_vlan in linux/if_vlan.h), with their names in nft."""


def _ether_type(packet: Packet) -> Any:
    """Return what stands in the frame behind the addresses."""
    kinds = [_TAGS.get(kind, kind) for kind, _ in packet.tags]
    return (*kinds, _ETHER.get(packet.kind, literal(packet.kind)))[0]


def _protocol(packet: Packet) -> Any:
    """Return what the kernel believes the frame to be, which is what stands behind one tag."""
    taken_off = packet.tags[1:] if packet.tags and packet.tags[0][0] in _TAGS else packet.tags
    return _ether_type(replace(packet, tags=taken_off))


def _vlan(packet: Packet) -> int | None:
    """Return the VLAN of a frame with a tag of 802.1Q; nft asks for that type before it reads the number."""
    return packet.tags[0][1] & 0xFFF if packet.tags and packet.tags[0][0] == 0x8100 else None


_FIELDS: Mapping[str, Look] = {
    "iifname": lambda packet: packet.iif,
    "oifname": lambda packet: packet.oif,
    "meta l4proto": lambda packet: packet.protocol,
    "meta nfproto": lambda packet: {"ip": "ipv4", "ip6": "ipv6"}.get(packet.kind),
    "meta mark": lambda packet: packet.mark,
    "meta skuid": lambda packet: packet.uid,
    "meta pkttype": lambda packet: packet.cast,
    "ct state": lambda packet: packet.state,
    "ct status": lambda packet: "unconfirmed" if packet.state == "new" else "confirmed",
    "ct direction": lambda packet: None if packet.state == "untracked" else packet.direction,
    "ip saddr": _of("ip", "source"),
    "ip daddr": _of("ip", "target"),
    "ip6 saddr": _of("ip6", "source"),
    "ip6 daddr": _of("ip6", "target"),
    "ip6 hoplimit": _of("ip6", "hops"),
    "ip ttl": _of("ip", "hops"),
    "th sport": _port("source_port", "tcp", "udp"),
    "th dport": _port("target_port", "tcp", "udp"),
    "udp sport": _port("source_port", "udp"),
    "udp dport": _port("target_port", "udp"),
    "icmp type": _icmp("icmp"),
    "icmpv6 type": _icmp("ipv6-icmp"),
    "ether saddr": lambda packet: packet.ether_source,
    "ether daddr": lambda packet: packet.ether_target,
    "ether type": _ether_type,
    "meta protocol": _protocol,
    "vlan id": _vlan,
    "arp operation": _arp(0),
    "arp saddr ether": _arp(1),
    "arp saddr ip": _arp(2),
    "arp htype": _constant_arp(1),
    "arp ptype": _constant_arp("ip"),
    "arp hlen": _constant_arp(6),
    "arp plen": _constant_arp(4),
    "@th,64,128": _nd_bits(128),
    "@th,64,16": _nd_bits(16),
    "@th,64,8": lambda packet: packet.dhcp6,
    "@th,256,80": _dhcp_asker,
    "@th,192,32": lambda packet: packet.about if packet.kind == "ip" else None,
    "@th,256,128": lambda packet: packet.about if packet.kind == "ip6" else None,
}
