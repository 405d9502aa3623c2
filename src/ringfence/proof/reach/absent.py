# SPDX-License-Identifier: Apache-2.0
"""Artifacts that have to be there and are not: what they would have said is known of nobody."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from ringfence.compile.document import Document, Kind
from ringfence.proof.flow import Door, Place

from .world import World

_ABSENT: Final = "absent"
_TAKEN: Final = ("source", "take", "owner")
"""What says which interface of the host an uplink is."""


def missing(world: World) -> Iterator[Door]:
    """Yield a door for each artifact or part that others need, so that its absence is never taken for its best."""
    if world.topology.legs and not any(one.kind is Kind.NAMESPACE for one in world.documents):
        yield Door(_ABSENT, "namespace/router", "fabric", "nobody knows what the router's kernel lets happen")
    yield from _bridges(world)
    for document in world.documents:
        if document.kind is Kind.UPLINK and "master" not in document.parts:  # a wire is a port of a bridge
            yield from _unsaid(document)


def _bridges(world: World) -> Iterator[Door]:
    """Yield bridges that have ports and that no link has, or that are down."""
    up = {one.parts.get("bridge/name"): one.parts.get("bridge/up") for one in world.documents if one.kind is Kind.LINK}
    for bridge, ports in world.topology.on.items():
        if ports and up.get(bridge) != "yes":
            place = world.topology.ports[ports[0]].place
            yield Door(_ABSENT, bridge, "fabric", "a bridge with ports is not there, or is down", place)


def _unsaid(document: Document) -> Iterator[Door]:
    name = "/".join(document.address.split("/")[3:])
    for key in _TAKEN:
        if not document.parts.get(key):
            what = f"{key} is not known: nobody says which interface this is"
            yield Door(_ABSENT, name, "fabric", what, Place(document.address, key))
