# SPDX-License-Identifier: Apache-2.0
"""An order in which steps may be followed one by one: what is needed comes first, else as they were listed."""

from __future__ import annotations

import heapq
from collections.abc import Mapping, Sequence

from ringfence.base.errors import BadInput

from .draft import Draft


def in_order(drafts: Sequence[Draft]) -> list[Draft]:
    """Return the drafts so that each comes after what it needs. Raises BadInput when some wait for each other."""
    place = {draft.id: index for index, draft in enumerate(drafts)}
    open_needs = {draft.id: len(draft.needs & place.keys()) for draft in drafts}
    followers = _followers(drafts, place)
    ready = [place[name] for name, count in open_needs.items() if count == 0]
    heapq.heapify(ready)
    found: list[Draft] = []
    while ready:
        draft = drafts[heapq.heappop(ready)]
        found.append(draft)
        for follower in followers[draft.id]:
            open_needs[follower] -= 1
            if open_needs[follower] == 0:
                heapq.heappush(ready, place[follower])
    if len(found) != len(drafts):
        raise _circle([draft for draft in drafts if open_needs[draft.id] > 0])
    return found


def _followers(drafts: Sequence[Draft], place: Mapping[str, int]) -> dict[str, list[str]]:
    followers: dict[str, list[str]] = {draft.id: [] for draft in drafts}
    for draft in drafts:
        for need in draft.needs & place.keys():
            followers[need].append(draft.id)
    return followers


def _circle(waiting: Sequence[Draft]) -> BadInput:
    names = ", ".join(draft.id for draft in waiting[:5])
    return BadInput(
        f"These steps wait for each other: {names}.",
        "Look at the 'after:' lists of these workloads and take one entry away.",
    )
