# SPDX-License-Identifier: Apache-2.0
"""What may flow while a verification looks: the declaration at the revision that runs, its restrictions and grants."""

from __future__ import annotations

from collections.abc import Iterable

from ringfence.app.claims import claims
from ringfence.app.restricted import closed
from ringfence.base.addresses import Address
from ringfence.proof.flow import Claim

from .ground import Ground


def claimed(ground: Ground) -> tuple[Claim, ...]:
    """Return everything that may flow; worked out once."""
    return ground.memo.once("claims", lambda: _claims(ground))


def _claims(ground: Ground) -> tuple[Claim, ...]:
    should = ground.declared
    return claims(
        should.site,
        frozenset(should.site.workloads),
        should.bindings,
        should.scope,
        should.applied or ground.loaded.at,
        closed(should.standing),
        frozenset(one.conduit for one in ground.loaded.grants),
    )


def subjects_of_ends(ground: Ground, ends: Iterable[str]) -> tuple[Address, ...]:
    """Return whom a flow between ends is about: workloads, the host; the whole site where it is none of them."""
    found = [subject for end in ends if (subject := _subject(ground, end))]
    return tuple(dict.fromkeys(found)) or (ground.shared,)


def _subject(ground: Ground, end: str) -> Address | None:
    kind, _, rest = end.partition("/")
    if kind == "workload":
        return f"workload/{rest.partition('/')[0]}"
    return ground.host if kind == "host" else None


def person_end(end: str) -> str:
    """Return an end as a picture names it: ``workload/scada`` for any of its ports."""
    kind, _, rest = end.partition("/")
    return f"workload/{rest.partition('/')[0]}" if kind == "workload" else end
