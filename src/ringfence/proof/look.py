# SPDX-License-Identifier: Apache-2.0
"""What an expression of nft looks at in a packet: a field, and what the packet must be for it to have the field.

A rule whose expression looks at what a packet does not have does not match, whatever is compared (NFT_BREAK in
net/netfilter/nft_payload.c).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from . import field
from .literal import NotKnown, literal
from .values import Values, common, exactly, prefix, whole, without

_IP4: Final = {field.PROTOCOL: exactly(field.IP4)}
_IP6: Final = {field.PROTOCOL: exactly(field.IP6)}
_IP: Final = {field.PROTOCOL: exactly(field.IP4, field.IP6)}
_ARP: Final = {field.PROTOCOL: exactly(field.ARP)}
_FIRST: Final = {**_IP, field.LATER: exactly(0)}
"""Where the kernel knows a transport header: whole packets and first fragments of IP (NFT_PKTINFO_L4PROTO)."""
_TCP: Final = {field.PROTO: exactly(field.TCP), **_FIRST}
_UDP: Final = {field.PROTO: exactly(field.UDP), **_FIRST}
_TRACKED: Final = {field.DIRECTION: exactly(field.ORIGINAL, field.REPLY)}
_RAW = re.compile(r"@th,(\d+),(\d+)")


@dataclass(frozen=True, slots=True)
class Look:
    """``name`` is nft's, ``field`` the key in boxes, ``presence`` what a packet must be to have it.

    ``length`` bits from the field's start are looked at; 0 for all of them.
    """

    name: str
    field: str
    presence: Mapping[str, Values]
    length: int = 0

    def values(self, text: str) -> Values:
        """Return what the field may hold to equal a word, a range, or a prefix. Raises NotKnown."""
        found = literal(text, self.name)
        if not self.length:
            return found
        bits = field.width(self.field)
        (low, high), *more = found
        if more or low != high:
            raise NotKnown(f"{self.name} {text}")
        return prefix(low << (bits - self.length), self.length, bits)


def _plain(name: str, presence: Mapping[str, Values] | None = None) -> Look:
    return Look(name, name, presence or {})


_LOOKS: Final[dict[str, Look]] = {
    one.name: one
    for one in (
        _plain(field.IIF),
        _plain(field.OIF),
        _plain(field.ETHER_SOURCE),
        _plain(field.ETHER_TARGET),
        _plain(field.VLAN, {field.TAG: exactly(field.TAGGED)}),
        _plain(field.PROTOCOL),
        _plain(field.SOURCE4, _IP4),
        _plain(field.TARGET4, _IP4),
        _plain(field.SOURCE6, _IP6),
        _plain(field.TARGET6, _IP6),
        _plain(field.PROTO, _IP),
        Look("ip protocol", field.PROTO, _IP4),
        _plain(field.SPORT, _FIRST),
        _plain(field.DPORT, _FIRST),
        Look("tcp sport", field.SPORT, _TCP),
        Look("tcp dport", field.DPORT, _TCP),
        Look("udp sport", field.SPORT, _UDP),
        Look("udp dport", field.DPORT, _UDP),
        Look("icmp type", field.TYPE, {**_FIRST, **_IP4, field.PROTO: exactly(field.ICMP)}),
        Look("icmpv6 type", field.TYPE, {**_FIRST, **_IP6, field.PROTO: exactly(field.ICMP6)}),
        Look("icmpv6 taddr", "@th,64", {**_FIRST, **_IP6, field.PROTO: exactly(field.ICMP6)}),
        Look("ip ttl", field.HOPS, _IP4),
        Look("ip6 hoplimit", field.HOPS, _IP6),
        Look("meta nfproto", field.PROTOCOL, {}),
        _plain(field.STATE),
        _plain(field.DIRECTION, _TRACKED),
        _plain(field.MARK),
        _plain(field.USER),
        _plain(field.CAST),
        *(
            _plain(one, _ARP)
            for one in (
                field.ARP_HTYPE,
                field.ARP_PTYPE,
                field.ARP_HLEN,
                field.ARP_PLEN,
                field.ARP_OPERATION,
                field.ARP_SOURCE_MAC,
                field.ARP_SOURCE,
                field.ARP_TARGET_MAC,
                field.ARP_TARGET,
            )
        ),
    )
}
_LONGEST: Final = 3


@lru_cache(maxsize=4096)
def look_of(words: tuple[str, ...]) -> tuple[Look, int] | None:
    """Return what the first words look at, and how many words that takes; None where they look at nothing known."""
    if found := _RAW.fullmatch(words[0]):
        offset, length = int(found[1]), int(found[2])
        return Look(words[0], f"{field.RAW}{offset}", _FIRST, length), 1
    for count in range(min(_LONGEST, len(words)), 0, -1):
        look = _LOOKS.get(" ".join(words[:count]))
        if look:
            return look, count
    return None


def ether_type(text: str, *, unequal: bool) -> Mapping[str, Values]:
    """Return what ``ether type`` asks: it reads the frame as sent, so a tag's type hides what is behind it."""
    (found, _), *more = literal(text, "ether type")
    if more or unequal:
        raise NotKnown(f"ether type {'!= ' if unequal else ''}{text}")
    if found in {field.TAGGED, field.PROVIDER}:
        return {field.TAG: exactly(found)}
    return {field.TAG: exactly(0), field.PROTOCOL: exactly(found)}


def outside(values: Values, look: Look) -> Values:
    """Return everything that a field may hold but for some values."""
    return without(whole(field.width(look.field)), values)


def limited(limits: Mapping[str, Values], more: Mapping[str, Values]) -> dict[str, Values]:
    """Return limits that hold both at once; a field without any value left stays, and nothing meets it."""
    found = dict(limits)
    for name, values in more.items():
        found[name] = common(found[name], values) if name in found else values
    return found
