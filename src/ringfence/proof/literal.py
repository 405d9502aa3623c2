# SPDX-License-Identifier: Apache-2.0
"""Words of nft as sets of numbers: addresses, prefixes, ranges, names of interfaces, protocols and types."""

from __future__ import annotations

import re
from functools import lru_cache
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from typing import Final

from . import field
from .values import Values, between, exactly, prefix


class NotKnown(Exception):
    """A word or a statement that the algebra does not know. ``args[0]`` is the text."""


_MAC = re.compile(r"(?:[0-9a-f]{2}:){5}[0-9a-f]{2}")
_NUMBER = re.compile(r"0x[0-9a-f]+|\d+")
_LOOKS_LIKE_ADDRESS = re.compile(r"[0-9a-f]*:[0-9a-f:.]*|\d+\.\d+\.\d+\.\d+")

_PROTOCOLS: Final = {"icmp": 1, "igmp": 2, "tcp": 6, "udp": 17, "ipv6-icmp": 58, "icmpv6": 58, "vrrp": 112, "sctp": 132}
_ICMP: Final = {
    "echo-reply": 0,
    "destination-unreachable": 3,
    "source-quench": 4,
    "redirect": 5,
    "echo-request": 8,
    "router-advertisement": 9,
    "router-solicitation": 10,
    "time-exceeded": 11,
    "parameter-problem": 12,
    "timestamp-request": 13,
    "timestamp-reply": 14,
    "info-request": 15,
    "info-reply": 16,
    "address-mask-request": 17,
    "address-mask-reply": 18,
}
_ICMP6: Final = {
    "destination-unreachable": 1,
    "packet-too-big": 2,
    "time-exceeded": 3,
    "parameter-problem": 4,
    "echo-request": 128,
    "echo-reply": 129,
    "mld-listener-query": 130,
    "mld-listener-report": 131,
    "mld-listener-done": 132,
    "mld-listener-reduction": 132,
    "nd-router-solicit": 133,
    "nd-router-advert": 134,
    "nd-neighbor-solicit": 135,
    "nd-neighbor-advert": 136,
    "nd-redirect": 137,
    "router-renumbering": 138,
    "ind-neighbor-solicit": 141,
    "ind-neighbor-advert": 142,
    "mld2-listener-report": 143,
}
_ETHER_TYPES: Final = {"ip": 0x0800, "arp": 0x0806, "ip6": 0x86DD, "8021q": 0x8100, "vlan": 0x8100, "8021ad": 0x88A8}
NAMES: Final[dict[str, dict[str, int]]] = {
    "icmp type": _ICMP,
    "icmpv6 type": _ICMP6,
    field.PROTO: _PROTOCOLS,
    "ip protocol": _PROTOCOLS,
    "ip6 nexthdr": _PROTOCOLS,
    "ether type": _ETHER_TYPES,
    field.PROTOCOL: _ETHER_TYPES,
    field.ARP_PTYPE: _ETHER_TYPES,
    field.ARP_OPERATION: {"request": 1, "reply": 2, "rrequest": 3, "rreply": 4},
    field.STATE: {"invalid": 0, "established": 1, "related": 2, "new": 3, "untracked": 4},
    field.DIRECTION: {"original": 0, "reply": 1},
    field.CAST: {"host": 0, "unicast": 0, "broadcast": 1, "multicast": 2, "other": 3},
    "meta nfproto": {"ipv4": 0x0800, "ipv6": 0x86DD},
}
"""Names of values by the field they are compared with (nft(8); IANA)."""


@lru_cache(maxsize=1 << 17)
def literal(text: str, look: str = "") -> Values:
    """Return what a word means where it is compared with a field. Raises NotKnown."""
    named = NAMES.get(look, {}).get(text) if look else None
    if named is not None:
        return exactly(named)
    if text.startswith('"'):
        return _interface(text.strip('"'))
    if "-" in text and (found := _range(text)):
        return found
    if "/" in text or (_LOOKS_LIKE_ADDRESS.fullmatch(text) and not _MAC.fullmatch(text)):
        return _address(text)
    return exactly(_single(text))


def _single(text: str) -> int:
    """Return the number that a word stands for, whatever it is compared with."""
    if _MAC.fullmatch(text):
        return int(text.replace(":", ""), 16)
    if _NUMBER.fullmatch(text):
        return int(text, 0)
    if text in _PROTOCOLS:  # in an element's key, whose field is not known when it is read
        return _PROTOCOLS[text]
    raise NotKnown(text)


def _interface(name: str) -> Values:
    if name.endswith("*"):
        start = name[:-1].encode()
        return prefix(int.from_bytes(start.ljust(16, b"\0"), "big"), len(start) * 8, field.WIDTH[field.IIF])
    return exactly(field.named(name))


def _range(text: str) -> Values | None:
    """Return a range of numbers or addresses; None where the hyphen means something else."""
    first, _, last = text.partition("-")
    if _NUMBER.fullmatch(first) and _NUMBER.fullmatch(last):
        return between(int(first, 0), int(last, 0))
    if _LOOKS_LIKE_ADDRESS.fullmatch(first) and _LOOKS_LIKE_ADDRESS.fullmatch(last):
        return between(_number(first), _number(last))
    return None


def _number(text: str) -> int:
    try:
        return int(ip_address(text))
    except ValueError as error:
        raise NotKnown(text) from error


def _address(text: str) -> Values:
    if "/" not in text:
        return exactly(_number(text))
    try:
        net = ip_network(text, strict=False)
    except ValueError as error:
        raise NotKnown(text) from error
    return between(int(net.network_address), int(net.broadcast_address))


def address_of(number: int, look: str) -> IPv4Address | IPv6Address:
    """Return the address that a number stands for in a field."""
    return IPv6Address(number) if field.WIDTH[look] > 32 else IPv4Address(number)  # noqa: PLR2004 - bits
