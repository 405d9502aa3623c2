# SPDX-License-Identifier: Apache-2.0
"""What a plan makes reachable and what it stops, by the proof: what stands against what was compiled."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping

from ringfence.base.addresses import Address
from ringfence.compile.document import Document, Kind
from ringfence.messages.plan import PlanReach
from ringfence.plan.plan import Plan
from ringfence.proof import field
from ringfence.proof.difference import Difference, Turned, difference
from ringfence.proof.door_words import said
from ringfence.proof.flow import Reach
from ringfence.proof.reach import reach
from ringfence.proof.side import look
from ringfence.proof.wording import told

NETWORK = frozenset(
    {
        Kind.NAMESPACE,
        Kind.LINK,
        Kind.TABLE,
        Kind.UPLINK,
        Kind.GUARD,
        Kind.PORT,
        Kind.CONDUIT,
        Kind.FRAMES,
        Kind.RELAY,
    }
)
"""Kinds of artifacts that packets meet."""
MOST = 600
"""Artifacts of these kinds up to which a plan tells what packets can do: a plan is made in a moment."""
_OURS = ("router", "leg/", "answer/")


def turned(
    plan: Plan, observed: Mapping[Address, Document], compiled: Collection[Document]
) -> tuple[tuple[PlanReach, ...], str]:
    """Return what becomes reachable and what stops, and where it is not told, why. Nothing, where nothing stands yet.

    Only where the plan changes something that packets meet: it takes a while.
    """
    if not _matters(plan, observed):
        return (), ""
    size = max(sum(one.kind in NETWORK for one in documents) for documents in (observed.values(), compiled))
    if size > MOST:
        return (), f"{size} artifacts carry packets here, too many for a plan: 'ringfence prove' tells what can flow."
    found = difference(_reach(observed.values()), _reach(compiled))
    why = "" if found.whole else "Not everything that stands was understood: 'ringfence prove --loaded' tells what."
    return tuple(_told(found)), why


def _matters(plan: Plan, observed: Mapping[Address, Document]) -> bool:
    stands = any(one.kind is Kind.NAMESPACE for one in observed.values())
    return stands and any(change.kind in NETWORK for step in plan.steps for change in step.changes)


def _reach(documents: Collection[Document]) -> Reach:
    flows, side = reach(documents), look(documents)
    return Reach(flows.flows, (*flows.doors, *side.doors), flows.unread)


def _told(found: Difference) -> Iterator[PlanReach]:
    for opens, those in ((True, found.opens), (False, found.closes)):
        yield from (_flow(one, opens=opens) for one in those)
    for opens, doors in ((True, found.doors_open), (False, found.doors_close)):
        yield from (PlanReach(one.source, one.target, one.kind, said(one), opens, "door") for one in doors)


def _flow(one: Turned, *, opens: bool) -> PlanReach:
    packet, rule = one.packet, str(one.rule) if one.rule else ""
    ours = one.source.startswith(_OURS) or one.target.startswith(_OURS)
    begins = packet.get(field.STATE, field.NEW) == field.NEW and not ours
    said = told(packet, one.source, one.target)
    return PlanReach(one.source, one.target, one.service, said, opens, "opening" if begins else "other", rule)
