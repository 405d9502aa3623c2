# SPDX-License-Identifier: Apache-2.0
"""What flows carry, in words: ``tcp 502; icmp type 8``."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Final

from . import field as of
from .box import Box
from .values import Values, joined, without

_PROTOCOLS: Final = {
    of.TCP: "tcp",
    of.UDP: "udp",
    of.ICMP: "icmp",
    of.ICMP6: "icmpv6",
    of.IGMP: "igmp",
    of.VRRP: "vrrp",
}
_ETHER: Final = {of.IP4: "IPv4", of.IP6: "IPv6", of.ARP: "ARP", of.RARP: "RARP"}
_NUMBERS: Final = ((of.DPORT, ""), (of.SPORT, "from "), (of.TYPE, "type "))
_MOST: Final = 8
"""Spans that are still told one by one."""


@dataclass(slots=True)
class Carried:
    """Services by name, each with its ports or types; None: with all of them."""

    services: dict[str, Values | None] = field(default_factory=dict)

    def add(self, box: Box) -> None:
        """Add what a box carries."""
        name, values = _service(box)
        known = self.services.get(name, ())
        self.services[name] = None if values is None or known is None else joined((*known, *values))

    def beyond(self, other: Carried) -> Carried:
        """Return what another one does not carry."""
        left = Carried()
        for name, values in self.services.items():
            known = other.services.get(name, ())
            if known is not None:
                rest = values if values is None else without(values, known)
                if rest is None or rest:
                    left.services[name] = rest
        return left

    def __str__(self) -> str:
        return "; ".join(f"{name}{_listed(values, str)}" for name, values in sorted(self.services.items()))


def _service(box: Box) -> tuple[str, Values | None]:
    """Return a service's name up to its numbers: ``tcp ``, ``tcp from ``, ``icmp type ``, ``frames 0x88b8``."""
    protocols = box.limits.get(of.PROTO)
    if protocols is None:
        frames = box.limits.get(of.PROTOCOL)
        return ("anything" if frames is None else _named(frames, _ether)), None
    words = _named(protocols, lambda number: _PROTOCOLS.get(number, f"protocol {number}"))
    for name, prefix in _NUMBERS:
        found = box.limits.get(name)
        if found is not None:
            return f"{words} {prefix}", found
    return words, None


def _ether(number: int) -> str:
    return _ETHER.get(number, f"frames 0x{number:04x}")


def _named(values: Values, word: Callable[[int], str]) -> str:
    return _listed(values, word) or "several protocols"


def _listed(values: Values | None, word: Callable[[int], str]) -> str:
    """Write spans; nothing for all there is, or where they are too many."""
    if values is None or len(values) > _MOST:
        return ""
    return ",".join(_spans(values, word))


def _spans(values: Values, word: Callable[[int], str]) -> Iterable[str]:
    return (word(first) if first == last else f"{word(first)}-{word(last)}" for first, last in values)
