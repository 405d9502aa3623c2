# SPDX-License-Identifier: Apache-2.0
"""Words of nft, made wider or replaced by others of their kind."""

from __future__ import annotations

import re
from collections.abc import Iterator
from ipaddress import ip_address, ip_interface, ip_network
from typing import NamedTuple

_MAC = re.compile(r"(?:[0-9a-f]{2}:){5}[0-9a-f]{2}")
_ADDRESS = re.compile(r"\d+\.\d+\.\d+\.\d+|[0-9a-f]*:[0-9a-f:]*")
_PORT = re.compile(r"\d+")
_RANGE = re.compile(r"(\d+)-(\d+)")
_PROTOCOLS = {"tcp": "udp", "udp": "tcp", "icmp": "tcp", "ipv6-icmp": "tcp", "vrrp": "udp"}
_LAST_PORT = 65535


class Other(NamedTuple):
    """``ranged``: only a set with intervals can hold it."""

    word: str
    how: str
    ranged: bool = False


def wider(word: str) -> Iterator[Other]:
    """Yield words that hold what this one does, and more."""
    if _ADDRESS.fullmatch(word) and not _MAC.fullmatch(word):
        bits = ip_address(word).max_prefixlen
        for length, how in ((bits - 1, "one bit wider"), (24 if bits == 32 else 64, "its whole net")):
            yield Other(str(ip_network(f"{word}/{length}", strict=False)), how, ranged=True)
    elif _PORT.fullmatch(word):
        yield Other(f"{word}-{int(word) + 1}", "one port more", ranged=True)
        yield Other(f"0-{_LAST_PORT}", "all ports", ranged=True)
    elif found := _RANGE.fullmatch(word):
        yield Other(f"{found[1]}-{int(found[2]) + 1}", "one port more", ranged=True)


def others(word: str, known: list[str]) -> Iterator[Other]:
    """Yield words of the same kind: the next address or port, another protocol, another's MAC or interface."""
    if word in _PROTOCOLS:
        yield Other(_PROTOCOLS[word], "another protocol")
    elif word.startswith('"') or _MAC.fullmatch(word):
        yield from (Other(one, "another's") for one in known if one != word)
    elif _ADDRESS.fullmatch(word):
        yield Other(str(ip_address(word) + 1), "the next address")
    elif _PORT.fullmatch(word):
        yield Other(str(int(word) + 1), "the next port")
    elif word.startswith("0x"):
        yield Other(f"0x{int(word, 16) ^ 1:0{len(word) - 2}x}", "another number")


def setting(value: str) -> Iterator[Other]:
    """Yield other values of a setting, an option of a port, or a part of a link."""
    if value in {"yes", "no", "up", "down"}:
        yield Other({"yes": "no", "no": "yes", "up": "down", "down": "up"}[value], "turned")
    elif value.isdigit():
        yield Other("0" if value != "0" else "1", "turned")
    elif _MAC.fullmatch(value):
        yield Other(f"{value[:-2]}{int(value[-2:], 16) ^ 1:02x}", "another")
    elif " " in value and all("/" in one or _MAC.fullmatch(one) for one in value.split()):
        for one in value.split():
            yield Other(" ".join(rest for rest in value.split() if rest != one), f"without {one}")
    elif "/" in value and _ADDRESS.fullmatch(value.partition("/")[0]):
        yield from _networks(value)


def _networks(value: str) -> Iterator[Other]:
    one = ip_interface(value)
    length = one.network.prefixlen
    yield Other(f"{one.ip}/{length - 1}", "one bit wider")
    yield Other(f"{one.ip + 1}/{length}", "the next address")
