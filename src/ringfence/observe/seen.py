# SPDX-License-Identifier: Apache-2.0
"""What ``nft -j -p list table`` prints about the tables of a watch becomes counts by conversation."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from ringfence.facts.seen import Seen, SeenFrame, SeenQuestion, Sight

_NAMES = {1: "icmp", 6: "tcp", 17: "udp", 58: "icmpv6", "ipv6-icmp": "icmpv6"}
_ETHERTYPES = {"8021q": 0x8100, "8021ad": 0x88A8, "vlan": 0x8100, "rarp": 0x8035}
_ECHO = 0

Counts = dict[tuple[Any, ...], tuple[int, int]]
"""Packets and bytes by key."""


def sight(router: str, bridge: str) -> Sight:
    """Return what two listings tell; either may be empty."""
    sets, missed = _listed(router)
    frames, more = _listed(bridge)
    return Sight(
        tuple(_seen(sets)),
        tuple(
            SeenFrame(near, far, _ethertype(kind), n) for (near, far, kind), (n, _) in frames.get("frames", {}).items()
        ),
        tuple(SeenQuestion(near, far, n) for (near, far), (n, _) in frames.get("asks", {}).items()),
        missed + more,
    )


def _listed(text: str) -> tuple[dict[str, Counts], int]:
    sets: dict[str, Counts] = {}
    missed = 0
    for entry in json.loads(text)["nftables"] if text.strip() else []:
        (kind, value), *_ = entry.items()
        if kind == "set":
            sets[value["name"]] = dict(map(_element, value.get("elem", ())))
        elif kind == "counter" and value["name"] == "missed":
            missed = value["packets"]
    return sets, missed


def _element(entry: Any) -> tuple[tuple[Any, ...], tuple[int, int]]:  # noqa: ANN401 - JSON
    inner = entry["elem"]
    counter = inner.get("counter", {})
    return tuple(inner["val"]["concat"]), (counter.get("packets", 0), counter.get("bytes", 0))


def _seen(sets: dict[str, Counts]) -> Iterator[Seen]:
    for v in ("4", "6"):
        beats, passed = sets.get(f"beats{v}", {}), sets.get(f"passed{v}", {})
        for key, (packets, size) in sets.get(f"seen{v}", {}).items():
            near, far, protocol, port = key
            name = _protocol(protocol)
            heard = beats.get(key, (0, 0))[0] if name == "tcp" else packets
            yield Seen(near, far, name, int(port), packets, size, heard, key in passed)
        passed = sets.get(f"otherpassed{v}", {})
        for key, (packets, size) in sets.get(f"other{v}", {}).items():
            near, far, protocol = key
            yield Seen(near, far, _protocol(protocol), _ECHO, packets, size, packets, key in passed)


def _protocol(value: int | str) -> str:
    return str(_NAMES.get(value, value))


def _ethertype(value: int | str) -> int:
    if isinstance(value, int):
        return value
    return _ETHERTYPES.get(value) or int(value, 0)
