# SPDX-License-Identifier: Apache-2.0
"""What goes: boot files and conduits first, then what runs, then what it stood on, in the reverse order of kinds.

One step follows the other; only stops run side by side, and nothing waits for a seed to go. Volumes and images go last
of all (final.py).
"""

from __future__ import annotations

from collections.abc import Sequence

from ringfence.compile.document import CONVERSATIONS, Kind

from .change import Action, Change
from .draft import Draft
from .impact import only_takes_away
from .intent import Sources
from .naming import names

_BEFORE_STOPS = (Kind.BOOT, *CONVERSATIONS)
_AFTER_STOPS = (
    Kind.PORT,
    Kind.DOMAIN,
    Kind.DHCP,
    Kind.GUARD,
    Kind.UPLINK,
    Kind.TABLE,
    Kind.LINK,
    Kind.NAMESPACE,
    Kind.HOSTNET,
)
_LAST = frozenset({Kind.VOLUME, Kind.IMAGE})


def goes(change: Change) -> bool:
    """Tell whether the change belongs to what is taken down before anything is built."""
    if change.kind in CONVERSATIONS:
        return only_takes_away(change)
    return change.action is Action.DELETE and change.kind not in _LAST


def take_down(changes: Sequence[Change], sources: Sources) -> tuple[list[Draft], tuple[str, ...]]:
    """Return the steps that take down, and the ids that whatever is built has to wait for."""
    by_kind: dict[Kind, list[Change]] = {}
    for change in changes:
        if goes(change):
            by_kind.setdefault(change.kind, []).append(change)
    tail: tuple[str, ...] = ()
    drafts: list[Draft] = []
    for stage in (*_BEFORE_STOPS, Kind.RUN, *_AFTER_STOPS):
        found = by_kind.get(stage, [])
        made = stops(found, sources) if stage is Kind.RUN else [_together(found)] if found else []
        for draft in made:
            draft.need(tail)
        drafts += made
        tail = tuple(draft.id for draft in made) or tail
        if stage is Kind.DOMAIN and Kind.SEED in by_kind:
            drafts.append(Draft(f"remove:{Kind.SEED}", by_kind[Kind.SEED], set(tail)))
    return drafts, tail


def stops(changes: Sequence[Change], sources: Sources) -> list[Draft]:
    """Return a stop per workload; one that others come ``after:`` is stopped after them."""
    drafts = {change.address: Draft(f"stop:{'/'.join(names(change.document))}", [change]) for change in changes}
    for change in changes:
        for need in sources.of(change.document).needs:
            if need in drafts and need != change.address:
                drafts[need].need([drafts[change.address].id])
    return list(drafts.values())


def _together(changes: list[Change]) -> Draft:
    kind = changes[0].kind
    if kind is Kind.CONDUIT:
        return Draft("close", changes)
    return Draft(f"close:{kind}" if kind in CONVERSATIONS else f"remove:{kind}", changes)
