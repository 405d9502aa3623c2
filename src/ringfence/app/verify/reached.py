# SPDX-License-Identifier: Apache-2.0
"""Everything that what is loaded lets happen: packets that can pass, side doors, and what nobody understands."""

from __future__ import annotations

from ringfence.app.claims.doors import declared_doors
from ringfence.proof.flow import Door, Reach
from ringfence.proof.reach import reach
from ringfence.proof.side import Hardware, look

from .ground import Ground


def reached(ground: Ground, hardware: Hardware) -> Reach:
    """Return it, from the documents of this verification; worked out once."""
    return ground.memo.once("reach", lambda: _reached(ground, hardware))


def declared_of(ground: Ground) -> tuple[Door, ...]:
    """Return the side doors that the site allows."""
    should = ground.declared
    return declared_doors(should.site, should.site.workloads, should.bindings, should.scope)


def _reached(ground: Ground, hardware: Hardware) -> Reach:
    documents = tuple(ground.loaded.documents.values())
    flows, side = reach(documents), look(documents, hardware)
    return Reach(flows.flows, (*flows.doors, *side.doors), (*flows.unread, *side.unread))
