# SPDX-License-Identifier: Apache-2.0
"""Packets of the walker and boxes of the proof, turned into one another: two readings of one frame."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from ipaddress import IPv4Address, IPv6Address

from tests.packets.packet import Packet

from ringfence.proof import field
from ringfence.proof.box import Box

KINDS = {"ip": field.IP4, "ip6": field.IP6, "arp": field.ARP}
PROTOCOLS = {"tcp": field.TCP, "udp": field.UDP, "icmp": field.ICMP, "ipv6-icmp": field.ICMP6}
TYPES = {
    ("icmp", "echo-reply"): 0,
    ("icmp", "destination-unreachable"): 3,
    ("icmp", "echo-request"): 8,
    ("icmp", "time-exceeded"): 11,
    ("ipv6-icmp", "destination-unreachable"): 1,
    ("ipv6-icmp", "packet-too-big"): 2,
    ("ipv6-icmp", "echo-request"): 128,
    ("ipv6-icmp", "echo-reply"): 129,
    ("ipv6-icmp", "mld-listener-query"): 130,
    ("ipv6-icmp", "nd-router-solicit"): 133,
    ("ipv6-icmp", "nd-router-advert"): 134,
    ("ipv6-icmp", "nd-neighbor-solicit"): 135,
    ("ipv6-icmp", "nd-neighbor-advert"): 136,
    ("ipv6-icmp", "nd-redirect"): 137,
    ("ipv6-icmp", "mld2-listener-report"): 143,
}
STATES = {
    "invalid": field.INVALID,
    "established": field.ESTABLISHED,
    "related": field.RELATED,
    "new": field.NEW,
    "untracked": field.UNTRACKED,
}
_NO_TYPE = 200
"""A type that neither version knows: names of the other one's stand for it."""
OPERATIONS = {"request": 1, "reply": 2}
_NAMES = {number: name for name, number in PROTOCOLS.items()}
_KINDS = {number: name for name, number in KINDS.items()}
_TYPES = {(kind, number): name for (kind, name), number in TYPES.items()}
_STATES = {number: name for name, number in STATES.items()}


def fields_of(packet: Packet) -> dict[str, int]:
    """Return the fields that a packet has; a number that nobody knows a name for stands as it is."""
    protocol = PROTOCOLS.get(str(packet.protocol), packet.protocol)
    kind = KINDS.get(packet.kind) or int(packet.kind, 0)
    direction = field.ORIGINAL if packet.direction == "original" else field.REPLY
    found: dict[str, int | str | IPv4Address | IPv6Address | None] = {
        field.PROTOCOL: kind,
        field.TAG: packet.tags[0][0] if packet.tags else 0,
        field.ETHER_SOURCE: packet.ether_source and mac(packet.ether_source),
        field.ETHER_TARGET: packet.ether_target and mac(packet.ether_target),
        (field.SOURCE4 if packet.kind == "ip" else field.SOURCE6): packet.source,
        (field.TARGET4 if packet.kind == "ip" else field.TARGET6): packet.target,
        field.PROTO: protocol,
        field.LATER: 0,
        field.SPORT: packet.source_port,
        field.DPORT: packet.target_port,
        field.TYPE: packet.icmp and TYPES.get((str(packet.protocol), packet.icmp), _NO_TYPE),
        field.HOPS: packet.hops,
        field.STATE: STATES[packet.state],
        field.DIRECTION: field.NO_DIRECTION if packet.state == "untracked" else direction,
        field.USER: packet.uid,
        **_raw(packet),
        **_arp(packet),
    }
    return {name: int(value) for name, value in found.items() if value is not None and value != ""}


def inside(box: Box, packet: Packet) -> bool:
    """Tell whether a packet is in a box. What it does not have lies in no set."""
    known = fields_of(packet)
    return all(
        name in known and any(first <= known[name] <= last for first, last in values)
        for name, values in box.limits.items()
    )


def packet_in(box: Box, choose: Callable[[list[int]], int]) -> Packet | None:
    """Return a packet of a box, its values chosen at their edges; None where the walker has no word for it."""
    picked = {name: choose([edge for span in values for edge in span]) for name, values in box.limits.items()}
    kind = picked[field.PROTOCOL]
    proto = picked.get(field.PROTO, field.TCP)
    name = _NAMES.get(proto)
    packet = Packet(
        _KINDS.get(kind, str(kind)),
        ether_source=_mac(picked.get(field.ETHER_SOURCE)),
        ether_target=_mac(picked.get(field.ETHER_TARGET)),
        hops=picked.get(field.HOPS, 64),
        state=_STATES[picked.get(field.STATE, field.NEW)],
        direction="reply" if picked.get(field.DIRECTION) == field.REPLY else "original",
        uid=picked.get(field.USER),
        tags=_tags(picked),
    )
    if kind == field.ARP:
        operation = "request" if picked.get(field.ARP_OPERATION, 1) == 1 else "reply"
        sender = IPv4Address(picked[field.ARP_SOURCE])
        return replace(packet, arp=(operation, _mac(picked[field.ARP_SOURCE_MAC]), sender))
    if kind not in KINDS.values():
        return packet
    if picked.get(field.LATER) or (field.TYPE in picked and (name, picked[field.TYPE]) not in _TYPES):
        return None
    return _of_ip(replace(packet, protocol=name or proto), picked)


def mac(text: str) -> int:
    return int(text.replace(":", ""), 16)


def _of_ip(packet: Packet, picked: dict[str, int]) -> Packet:
    four = packet.kind == "ip"
    address: type[IPv4Address | IPv6Address] = IPv4Address if four else IPv6Address
    near, far = (field.SOURCE4, field.TARGET4) if four else (field.SOURCE6, field.TARGET6)
    ported = packet.protocol in {"tcp", "udp"}
    types = {"icmp": 8, "ipv6-icmp": 128}.get(str(packet.protocol))
    raw = {bits: picked.get(f"{field.RAW}{bits}") for bits in (64, 192, 256)}
    about = raw[192] >> 96 if raw[192] is not None else raw[256] if not four else None
    is_dhcp6 = not four and packet.protocol == "udp" and raw[64] is not None
    return replace(
        packet,
        source=address(picked.get(near, 1)),
        target=address(picked.get(far, (1 << 32) - 1)),
        source_port=picked.get(field.SPORT, 40_000) if ported else None,
        target_port=picked.get(field.DPORT, 40_000) if ported else None,
        icmp=_TYPES[str(packet.protocol), picked.get(field.TYPE, types or 0)] if types else None,
        nd_target=None if is_dhcp6 else raw[64],
        dhcp6=raw[64] >> 120 if is_dhcp6 and raw[64] is not None else None,
        asker=_mac(raw[256] >> 48) if four and raw[256] is not None else None,
        about=about,
    )


def _raw(packet: Packet) -> dict[str, int | None]:
    """Return what the walker knows by its meaning at the place where it stands."""
    about = None if packet.about is None else packet.about << (96 if packet.kind == "ip" else 0)
    asker = None if packet.asker is None else mac(packet.asker) << 48
    kind = None if packet.dhcp6 is None else packet.dhcp6 << 120
    return {
        f"{field.RAW}64": packet.nd_target if kind is None else kind,
        f"{field.RAW}192": about if packet.kind == "ip" else None,
        f"{field.RAW}256": asker if packet.kind == "ip" else about,
    }


def _arp(packet: Packet) -> dict[str, int]:
    if packet.arp is None:
        return {}
    operation, sender, address = packet.arp
    return {
        field.ARP_HTYPE: 1,
        field.ARP_PTYPE: field.IP4,
        field.ARP_HLEN: 6,
        field.ARP_PLEN: 4,
        field.ARP_OPERATION: OPERATIONS[operation],
        field.ARP_SOURCE_MAC: mac(sender),
        field.ARP_SOURCE: int(address),
    }


def _tags(picked: dict[str, int]) -> tuple[tuple[int, int], ...]:
    return ((picked[field.TAG], picked.get(field.VLAN, 0)),) if picked.get(field.TAG) else ()


def _mac(number: int | None) -> str:
    return "" if number is None else ":".join(f"{number:012x}"[place : place + 2] for place in range(0, 12, 2))
