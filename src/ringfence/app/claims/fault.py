# SPDX-License-Identifier: Apache-2.0
"""Errors about declared conversations: unreachable, too big, time exceeded, parameter problem (RFC 792, RFC 4443).

They permit and promise nothing: the other side decides whether it sends any. The kernel takes an error for one only
when it is about a conversation that it knows, and for the end of it that the packet in question came from. In the
plant, routers on the way send errors from addresses of their own.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from ringfence.base.addresses import address
from ringfence.proof import field
from ringfence.proof.box import Box
from ringfence.proof.flow import Claim
from ringfence.proof.values import Values, exactly, joined

from .ground import Ground
from .owned import routed
from .packet import ERRORS, ip, target_field, version_of

OWNER = "standing/errors"
ROUTER = "router"
_RELATED = exactly(field.RELATED)


def errors(ground: Ground, talks: Iterable[Claim]) -> Iterator[Claim]:
    """Yield the errors that may follow from conversations: each end's to the addresses that the other speaks with."""
    heard: dict[tuple[str, str, int], Values] = {}
    for talk in talks:
        version = version_of(talk.box.limits[field.PROTOCOL])
        key, far = (talk.source, talk.target, version), talk.box.limits[target_field(version)]
        known = heard.get(key)
        if known is not far:
            heard[key] = far if known is None or known == far else joined((*known, *far))
    for (source, other, version), to in heard.items():
        yield error(
            source, other, version, ground.places[source].addresses[version] if source in ground.places else None, to
        )


def of_router(ground: Ground) -> Iterator[Claim]:
    """Yield what the router itself tells whoever sent it something that goes nowhere, and is told in the plant."""
    legs = {one.name for one in routed(ground.site, ground.scope)}
    places = [one.place for one in ground.ports if ground.site.zones[one.zone].routed]
    uplinks = [address("uplink", name) for name in sorted(legs)]
    for version in ERRORS:
        yield from (error(ROUTER, place, version, None, None) for place in (*places, *uplinks))
        yield from (error(place, ROUTER, version, None, None) for place in uplinks)


def error(source: str, target: str, version: int, near: Values | None, far: Values | None) -> Claim:
    """Return the errors from one to another."""
    protocol, types = ERRORS[version]
    kind = {field.PROTO: exactly(protocol), field.TYPE: types, field.STATE: _RELATED}
    return Claim(OWNER, source, target, Box({**ip(version, near, far), **kind}), optional=True)
