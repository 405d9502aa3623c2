# SPDX-License-Identifier: Apache-2.0
"""Use case: the site as it is now, as a picture: what stands, what talks, what was proven."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from ringfence.base.addresses import own_name
from ringfence.base.errors import RingfenceError
from ringfence.compile.document import CONVERSATIONS
from ringfence.compile.under import differing
from ringfence.messages.flows import FlowEnd, FlowLine, FlowReport
from ringfence.messages.site_map import (
    AttackPaths,
    ConduitState,
    MapAsset,
    MapConduit,
    MapStray,
    MapWorkload,
    SiteMap,
    Traffic,
)
from ringfence.messages.status import SiteStatus
from ringfence.site.site import Site

from .flows import Wanted, flows
from .in_force import in_force
from .picture.intruder import attacked_scene
from .picture.live import live_scene
from .session import Session
from .status import status
from .verify.strays import possible
from .zone_picture import as_much, picture_of

_CONDUITS = frozenset(map(str, CONVERSATIONS))


def site_map(session: Session, site: Site, beside: str, seconds: float) -> SiteMap:
    """Look at everything, and at what talks for so many seconds; a fabric that is not up hides the traffic only."""
    traffic, why = _traffic(session, beside, seconds)
    seen = status(session, beside)
    host = next(iter(site.hosts))
    return SiteMap(
        site.name,
        seen.at,
        seen.revision,
        seen.simulated,
        traffic.over_s if traffic else None,
        why,
        host,
        seen.host_verified,
        tuple(MapWorkload(one.name, one.zone, one.state, one.health, one.verified) for one in seen.workloads),
        tuple(_assets(site, seen)),
        tuple(_conduits(session, site, seen, traffic)),
        (*_strays(traffic), *possible(session, seen.revision)),
        len(seen.drift),
        tuple(one.name for one in seen.restrictions),
    )


def map_picture(site: Site, found: SiteMap) -> str:
    """Return the picture of a map: of its attack paths where it has some. Pure."""
    drawn = as_much(site)
    if found.paths is not None:
        return picture_of(attacked_scene(site, drawn, found, found.paths), paths_in_words(found.paths))
    return picture_of(live_scene(site, drawn, found), in_words(found))


def with_paths(found: SiteMap, paths: AttackPaths | None, why: str = "") -> SiteMap:
    """Return a map with attack paths, or with why they are not known."""
    return replace(found, paths=paths, paths_unknown=why)


def in_words(found: SiteMap) -> str:
    """Return what a map shows, for those who cannot see it."""
    running = sum(one.state == "running" for one in found.workloads)
    proven = [one for one in found.workloads if one.verified and one.verified.verdict == "proven"]
    wrong = [one.name for one in found.workloads if one.verified and one.verified.verdict == "wrong"]
    busy = sum(1 for one in found.conduits if one.traffic and one.traffic.packets)
    strays = "; ".join(f"{one.state}: {one.what} from {one.source} to {one.target}" for one in found.strays)
    return (
        f"{running} of {len(found.workloads)} workloads run, {len(proven)} are proven. "
        f"Wrong: {', '.join(wrong) or 'none'}. {busy} of {len(found.conduits)} conduits had traffic. "
        f"What no conduit names: {strays or 'nothing'}."
    )


def paths_in_words(paths: AttackPaths) -> str:
    """Return what a picture of attack paths shows."""
    free = [one.target for one in paths.routes if not one.barriers]
    barred = [f"{one.target} ({one.barriers})" for one in paths.routes if one.barriers]
    return (
        f"Whoever holds {paths.held} reaches {', '.join(free) or 'nothing'}. "
        f"Behind so many steps that are blocked or unproven: {', '.join(barred) or 'none'}. "
        f"Without a way: {', '.join(paths.beyond) or 'none'}."
    )


def _traffic(session: Session, beside: str, seconds: float) -> tuple[FlowReport | None, str]:
    try:
        return flows(session, beside, Wanted(seconds=seconds)), ""
    except RingfenceError as error:
        return None, f"{error.problem} {error.next_step}"


def _assets(site: Site, seen: SiteStatus) -> Iterator[MapAsset]:
    links = {one.name: one.state for one in seen.uplinks}
    for name, asset in site.assets.items():
        yield MapAsset(name, asset.zone, asset.uplink, links.get(asset.uplink, "not known"))


def _conduits(session: Session, site: Site, seen: SiteStatus, traffic: FlowReport | None) -> Iterator[MapConduit]:
    amounts = _amounts(traffic.flows, traffic.over_s) if traffic and traffic.over_s else {}
    granted = {one.conduit: f"for another {one.left_s} s" for one in seen.grants}
    shut = _shut(session)
    for name, conduit in site.conduits.items():
        state: ConduitState = "dormant" if conduit.dormant else "open"
        why = ""
        if name in shut:
            state, why = "closed", f"by {shut[name]}"
        elif name in granted:
            state, why = "granted", granted[name]
        counted = conduit.layer2 is None and traffic is not None and traffic.over_s is not None
        yield MapConduit(name, state, why, amounts.get(name, Traffic(0, 0, 0)) if counted else None)


def _amounts(lines: Iterable[FlowLine], over_s: float) -> dict[str, Traffic]:
    """Return what passed through each conduit in the window; what two conduits name counts for both."""
    found: dict[str, list[FlowLine]] = defaultdict(list)
    for line in lines:
        for conduit in line.conduits:
            found[conduit].append(line)
    return {name: _sum(held, over_s) for name, held in found.items()}


def _sum(held: Sequence[FlowLine], over_s: float) -> Traffic:
    packets = sum((line.packets_s or 0) * over_s for line in held)
    amount = sum(((line.sent_bytes_s or 0) + (line.received_bytes_s or 0)) * over_s for line in held)
    return Traffic(sum(1 for line in held if line.packets_s), round(packets), round(amount))


def _strays(traffic: FlowReport | None) -> Iterator[MapStray]:
    """Yield what talks although no conduit names it."""
    for line in traffic.flows if traffic else ():
        if line.standing == "none":
            what = f"{line.service or line.protocol}" + (f" {line.protocol}/{line.port}" if line.port else "")
            seen = f"Among the connections at {traffic.at:%H:%M:%S} UTC. {line.note}" if traffic else ""
            yield MapStray(_end(line.source), _end(line.target), what, "undeclared", seen)


def _end(end: FlowEnd) -> str:
    """Return who it is; of several who share an address, the first."""
    return end.of.partition(" or ")[0] or end.address


def _shut(session: Session) -> dict[str, str]:
    """Return the conduits that an emergency closed, wholly or in part, and what stands that may have."""
    by = " and ".join(one.name for one in session.store.restrictions.standing() if one.subject)
    last = session.store.revisions.latest()
    if not by or last is None:
        return {}
    changed = differing(last.draft.artifacts, in_force(session))
    return {own_name(one): by for one in changed if one.split("/")[-2] in _CONDUITS}
