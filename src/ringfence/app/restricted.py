# SPDX-License-Identifier: Apache-2.0
"""Restrictions as the compiler reads them, and whether a site still has what they name."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping

from ringfence.base.addresses import own_name
from ringfence.base.errors import BadInput
from ringfence.compile.restrictions import Restrictions
from ringfence.messages.standing import RestrictionLine
from ringfence.ports.restrictions import Restriction
from ringfence.site.site import Site

from .session import Session


def standing(session: Session) -> tuple[Restriction, ...]:
    """Return what stands, oldest first. Raises Refused when the state cannot be read."""
    return session.store.restrictions.standing()


def closed(standing: Iterable[Restriction]) -> Restrictions:
    """Return islands and cuts by name; a hold closes nothing."""
    found: dict[str, set[str]] = {"zone": set(), "conduit": set(), "asset": set()}
    for one in standing:
        if one.subject:
            found[one.subject.partition("/")[0]].add(own_name(one.subject))
    return Restrictions(frozenset(found["zone"]), frozenset(found["conduit"]), frozenset(found["asset"]))


def require_there(site: Site, standing: Iterable[Restriction]) -> None:
    """Raise BadInput where a restriction names what the site does not have: under a new name it would be open."""
    gone = [one for one in standing if one.subject and not _has(site, one)]
    if gone:
        one = gone[0]
        raise BadInput(
            f"{one.name} has been in force since {one.since:%Y-%m-%d %H:%M} UTC, but the site has no {one.subject}.",
            f"Keep that name in the site file, or open it first with 'ringfence release {one.name}'.",
        )


def line(one: Restriction) -> RestrictionLine:
    """Return a restriction as a message."""
    return RestrictionLine(one.name, one.kind, one.subject, one.since, one.principal, one.reason)


def _has(site: Site, one: Restriction) -> bool:
    held: Mapping[str, Collection[str]] = {"zone": site.zones, "conduit": site.conduits, "asset": site.assets}
    return own_name(one.subject) in held[one.subject.partition("/")[0]]
