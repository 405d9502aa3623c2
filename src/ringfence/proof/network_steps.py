# SPDX-License-Identifier: Apache-2.0
"""Steps over the network: every flow that was found, between the machines and assets that it lets meet."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from functools import lru_cache

from . import field
from .box import Box, minus
from .carried import Carried
from .compare import seen
from .flow import Claim, Flow
from .known import Beyond, Known
from .paths import NEVER, How, State, Step
from .region import Region, cut
from .values import Values, common, exactly

NO_OWNER = "no conduit"
_OUTSIDE = ("uplink/", "wire/")
_NO_END = ("leg/", "answer/")
"""What the guard lets out of a port goes on at the router, if it does; what is answered there is nobody's to hold."""
_ADDRESSES = ((field.SOURCE4, field.TARGET4), (field.SOURCE6, field.TARGET6), (field.ETHER_SOURCE, field.ETHER_TARGET))


def network_steps(known: Known) -> Iterator[Step]:
    """Yield a step for every way that flows give from one end to another, with all that one owner lets by it."""
    behind: dict[str, list[Beyond]] = defaultdict(list)
    for asset in known.assets:
        behind[asset.uplink].append(asset)
    found: dict[tuple[str, str, str], dict[How, Carried]] = {}
    for flow, owner, box in _owned(known):
        how = _how(box)
        for source in _senders(flow.source, box, behind) if how else ():
            for target in _receivers(flow.target, box, behind):
                if how and source != target:
                    found.setdefault((source, target, owner), {}).setdefault(how, Carried()).add(box)
    for (source, target, owner), carried in found.items():
        yield from _steps(source, target, owner, carried, known)


def end_of(end: str) -> str:
    """Return whose an end of a flow is: ``workload/scada`` of ``workload/scada/eth0``."""
    return end.rpartition("/")[0] if end.count("/") > 1 and end.startswith("workload/") else end


def _owned(known: Known) -> Iterator[tuple[Flow, str, Box]]:
    """Yield flows with who owns them, and the box of it; what of them no claim holds has no owner."""
    claims: dict[tuple[str, str], list[Claim]] = defaultdict(list)
    for claim in known.claims:
        if _how(claim.box):
            claims[claim.source, claim.target].append(claim)
    for flow in known.reach.flows:
        if flow.source.startswith(_NO_END) or flow.target.startswith(_NO_END) or not _how(flow.region.box):
            continue
        box = flow.region.box
        near = [one for one in claims.get((flow.source, flow.target), ()) if one.box.meets(box)]
        if len(near) == 1 and box.within(near[0].box):
            if not flow.region.holes or flow.region.boxes():
                yield flow, near[0].owner, box
        else:
            yield from ((flow, owner, part) for owner, part in _parts(flow.region, near))


def _parts(region: Region, near: Collection[Claim]) -> Iterator[tuple[str, Box]]:
    """Yield what of a region each of several claims holds, and what none does."""
    for claim in near:
        both = region.within(claim.box)
        if both is not None and both.boxes():
            yield claim.owner, both.box
    left = minus([region.box], (one.box for one in near))
    yield from (("", box) for box in cut((one for box in left for one in seen(box)), region.holes))


def _steps(source: str, target: str, owner: str, carried: Mapping[How, Carried], known: Known) -> Iterator[Step]:
    """Yield a step for what may be begun, and one for what may only be answered."""
    begun = carried.get(How.NETWORK, Carried())
    for how, what in ((How.NETWORK, begun), (How.ANSWER, carried.get(How.ANSWER, Carried()).beyond(begun))):
        if what.services:
            state = State.DECLARED if owner else State.UNDECLARED
            shown = known.shown.get((source, target, how), NEVER)
            yield Step(source, target, how, owner or NO_OWNER, str(what), state, shown_by=shown)


def _how(box: Box) -> How | None:
    """Tell whether the source may begin; None for errors about what others say: nobody moves on by them."""
    return _how_of(box.at(field.STATE), box.at(field.DIRECTION))


@lru_cache
def _how_of(states: Values, directions: Values) -> How | None:
    if not common(states, _CONVERSATION):
        return None
    begins = common(states, _BEGINNING) and common(directions, _FORWARD)
    return How.NETWORK if begins else How.ANSWER


_BEGINNING = exactly(field.NEW, field.UNTRACKED)
_CONVERSATION = exactly(field.NEW, field.UNTRACKED, field.ESTABLISHED)
_FORWARD = exactly(field.ORIGINAL, field.NO_DIRECTION)


def _senders(end: str, box: Box, behind: Mapping[str, list[Beyond]]) -> Iterator[str]:
    """Yield who can send: an asset as itself, and whoever holds the plant's network as anybody on it."""
    yield end_of(end)
    if end.startswith(_OUTSIDE):
        yield from (f"asset/{one.asset}" for one in behind.get(end, ()) if _is(one, box, 0))


def _receivers(end: str, box: Box, behind: Mapping[str, list[Beyond]]) -> Iterable[str]:
    """Return who receives: the assets that are meant, or the plant's network where none of them is."""
    if not end.startswith(_OUTSIDE):
        return (end_of(end),)
    return [f"asset/{one.asset}" for one in behind.get(end, ()) if _is(one, box, 1)] or (end,)


def _is(asset: Beyond, box: Box, side: int) -> bool:
    """Tell whether a box's source (side 0) or target (side 1) may be an asset."""
    for fields, own in zip(_ADDRESSES, (asset.ipv4, asset.ipv6, asset.macs), strict=True):
        limit = box.limits.get(fields[side])
        if limit is not None and common(limit, own):
            return True
    return False
