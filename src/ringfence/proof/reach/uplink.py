# SPDX-License-Identifier: Apache-2.0
"""What the router answers on an uplink to those who ask for a hardware address: nothing of other people's devices.

An answer for an address that is not ours to answer takes a device off its network. So every pair of who asks and whom
for is compared (RFC 826; kernel ip-sysctl: arp_ignore, proxy_arp, proxy_arp_pvlan, proxy_ndp).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from ringfence.compile.document import Document, Kind
from ringfence.proof import field
from ringfence.proof.box import Box
from ringfence.proof.evaluate import passed
from ringfence.proof.flow import Flow, Place
from ringfence.proof.literal import literal
from ringfence.proof.region import Region
from ringfence.proof.values import Values, exactly, joined, without

from .crossing import crossed
from .topology import Leg, kind_and_names
from .world import World

_REQUEST = 1
_SOLICITATION = 135


def answers(world: World, leg: Leg) -> Iterator[Flow]:
    """Yield what the router answers on an uplink, by who asks for whom."""
    name = leg.end.partition("/")[2]
    end = f"answer/{name}"
    document = next((one for one in world.documents if _is(one, name)), None)
    if document is None:
        return
    for region, path in _by_arp(world, leg, document):
        for last in crossed(region, {field.IIF: None}):
            yield Flow(leg.end, end, last, path)
    yield from _by_solicitation(leg, document, end)


def _is(document: Document, uplink: str) -> bool:
    return document.kind is Kind.UPLINK and kind_and_names(document.address)[1][0] == uplink


def _by_arp(world: World, leg: Leg, document: Document) -> Iterator[tuple[Region, tuple[Place, ...]]]:
    table = world.neighbours
    for values, place in _answered(world, leg, document):
        box = Box(
            {
                field.IIF: exactly(field.named(leg.name)),
                field.PROTOCOL: exactly(field.ARP),
                field.ARP_OPERATION: exactly(_REQUEST),
                field.ARP_TARGET: values,
            }
        )
        for one in passed(table, "input", [Region(box)]):
            yield one.region, (place, *one.path)


def _answered(world: World, leg: Leg, document: Document) -> Iterator[tuple[Values, Place]]:
    """Yield the addresses that the kernel answers for: its own, those of entries, and what it routes elsewhere."""
    parts, address = document.parts, document.address
    if leg.own:
        yield leg.own, leg.place
    entries = _proxies(parts, leg.name, version=4)
    for text, key in entries.items():
        yield literal(text), Place(address, key)
    if parts.get("inet.conf.proxy_arp", "0") != "0":
        others = joined(span for one in world.topology.legs if one != leg.name for span in _towards(world, one))
        yield others, Place(address, "inet.conf.proxy_arp")
    if parts.get("inet.conf.proxy_arp_pvlan", "0") != "0":
        yield _towards(world, leg.name), Place(address, "inet.conf.proxy_arp_pvlan")
    if parts.get("inet.conf.arp_ignore", "0") == "0":
        elsewhere = joined(span for one in world.topology.legs.values() for span in one.own)
        if rest := without(elsewhere, leg.own):
            yield rest, Place(address, "inet.conf.arp_ignore")


def _towards(world: World, leg: str) -> Values:
    return world.routes[4].towards(leg)


def _proxies(parts: Mapping[str, str], leg: str, version: int) -> dict[str, str]:
    """Return the addresses that entries of one version answer for on a leg, with the key of each part."""
    prefix = f"proxy/{leg}/"
    found = {key.removeprefix(prefix): key for key in parts if key.startswith(prefix)}
    return {one: key for one, key in found.items() if (":" in one) is (version == 6)}  # noqa: PLR2004 - IP version


def _by_solicitation(leg: Leg, document: Document, end: str) -> Iterator[Flow]:
    """Yield what is answered by neighbour advertisement: the leg's own addresses, and those of entries."""
    if document.parts.get("inet6.conf.disable_ipv6") == "1":
        return
    asked = [(int(one.ip), leg.place) for one in leg.ipv6 if not one.is_multicast]
    if document.parts.get("inet6.conf.proxy_ndp") == "1":
        entries = _proxies(document.parts, leg.name, version=6).items()
        asked += [(literal(text)[0][0], Place(document.address, key)) for text, key in entries]
    for number, place in asked:
        box = Box(
            {
                field.PROTOCOL: exactly(field.IP6),
                field.PROTO: exactly(field.ICMP6),
                field.TYPE: exactly(_SOLICITATION),
                "@th,64": exactly(number),
            }
        )
        yield Flow(leg.end, end, Region(box), (place,))
