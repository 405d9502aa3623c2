# SPDX-License-Identifier: Apache-2.0
"""A site as it is now: the scene of a picture, with states, verdicts and traffic upon it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace

from ringfence.base.units import quantity
from ringfence.messages.site_map import MapAsset, MapConduit, MapStray, MapWorkload, SiteMap, Traffic
from ringfence.messages.verification import LastVerified
from ringfence.site.site import Site

from .ends import HOST, Ends, ends_of, with_host
from .look import BUSY, CLOSED, DORMANT, GRANTED, PLAIN, UNDECLARED, UNPROVEN, Look
from .overview import zone_pairs
from .scene import TALL_CARD, Card, Net, Scene, Sign

_WORST: tuple[Sign, ...] = ("ok", "doubt", "off", "alarm")
_LOOKS: Mapping[str, Look] = {"dormant": DORMANT, "granted": GRANTED, "closed": CLOSED}
_STRAYS: Mapping[str, Look] = {"undeclared": UNDECLARED, "unproven": UNPROVEN}


def live_scene(site: Site, drawn: Scene, found: SiteMap) -> Scene:
    """Return a scene of a site with what was found of it now; ``drawn`` is the scene without that."""
    ends, cards = ends_of(site, drawn), dict(_cards(site, found))
    nets = (*_conduits(site, drawn, found), *_strays(ends, found.strays))
    known = {card.key for band in drawn.bands for frame in band.frames for row in frame.rows for card in row}
    others = [_other(key) for key in sorted({end for net in nets for end in net.ends} - known - {HOST})]
    seen = each_card(drawn, lambda card: _with(card, cards, ends))
    tall = replace(seen, nets=nets, card_height=TALL_CARD, subtitle=_subtitle(found))
    return with_host(tall, host_card(site, found), (host_line(site),), others)


def each_card(drawn: Scene, change: Callable[[Card], Card]) -> Scene:
    """Return a scene with every card changed."""
    bands = tuple(
        replace(
            band,
            frames=tuple(
                replace(frame, rows=tuple(tuple(change(card) for card in row) for row in frame.rows))
                for frame in band.frames
            ),
        )
        for band in drawn.bands
    )
    return replace(drawn, bands=bands)


def host_line(site: Site) -> str:
    """Return what is said of the host as a zone: the highest target level of what it carries."""
    return f"Carries SL-T {max((zone.security.highest for zone in site.zones.values()), default=0)}"


def host_card(site: Site, found: SiteMap) -> Card:
    """Return the host's card."""
    words, sign = _verdict(found.host_verified)
    count = len(site.workloads)
    lines = f"{count} workload{'' if count == 1 else 's'}"
    return Card(HOST, "host", found.host, lines, hint="The host, judged as a zone of its own.", status=words, sign=sign)


def _cards(site: Site, found: SiteMap) -> Iterator[tuple[str, tuple[str, Sign]]]:
    yield from ((f"workload/{one.name}", _workload(one)) for one in found.workloads)
    yield from ((f"asset/{one.name}", _asset(one)) for one in found.assets)
    by_level: dict[str, list[MapWorkload]] = {}
    for one in found.workloads:
        by_level.setdefault(f"level {site.zones[one.zone].level:g}", []).append(one)
    for name in site.zones:
        yield f"zone/{name}", _many([one for one in found.workloads if one.zone == name])
    yield from ((level, _many(held)) for level, held in by_level.items())


def _with(card: Card, cards: Mapping[str, tuple[str, Sign]], ends: Ends) -> Card:
    status, sign = cards.get(ends.key(card.key), ("", ""))
    return replace(card, status=status, sign=sign)


def _workload(one: MapWorkload) -> tuple[str, Sign]:
    words, sign = _verdict(one.verified)
    if one.state != "running":
        return f"{one.state.upper()}, {words}", "alarm" if sign == "alarm" else "off"
    if one.health == "unhealthy":
        return f"UNHEALTHY, {words}", "alarm"
    return f"{one.state}, {words}", sign


def _verdict(last: LastVerified | None) -> tuple[str, Sign]:
    if last is None:
        return "verdict unknown", "doubt"
    if last.at is None:
        return "never verified", "doubt"
    word = "WRONG" if last.verdict == "wrong" else last.verdict
    at = f"{word} at r{last.revision}"
    if last.verdict == "wrong":
        return at, "alarm"
    return (at, "ok") if last.verdict == "proven" and last.current else (at, "doubt")


def _asset(one: MapAsset) -> tuple[str, Sign]:
    return ("link up", "") if one.link == "connected" else (one.link.upper(), "off")


def _many(held: list[MapWorkload]) -> tuple[str, Sign]:
    """Return counts, and the worst sign: one that stands out has to stand out among five hundred."""
    signs = Counter(_workload(one)[1] for one in held)
    running = sum(one.state == "running" for one in held)
    told = [f"{running} run", *(f"{signs[sign]} {word}" for sign, word in _COUNTED.items() if signs[sign])]
    worst: Sign = max(signs, key=_WORST.index, default="")
    return ", ".join(told), worst


_COUNTED: Mapping[Sign, str] = {"alarm": "WRONG", "doubt": "not proven"}


def _conduits(site: Site, drawn: Scene, found: SiteMap) -> Iterator[Net]:
    by_name = {one.name: one for one in found.conduits}
    for net in drawn.nets:
        if net.name in by_name and net.name in site.conduits and net.label.startswith(f"{net.name}: "):
            yield _conduit(net, by_name[net.name])
        else:
            yield _bundle(net, [by_name[name] for name in _begins(site, net.sources) if name in by_name])


def _conduit(net: Net, one: MapConduit) -> Net:
    busy = one.traffic is not None and one.traffic.packets > 0
    look = _LOOKS.get(one.state, BUSY if busy else PLAIN)
    words = [net.label, *([f"{one.state} {one.why}"] if one.why else []), *([_traffic(one.traffic)] if busy else [])]
    return replace(net, label=", ".join(words), look=look, hint=f"{net.hint} {_hint(one)}")


def _hint(one: MapConduit) -> str:
    if one.traffic is None:
        return "Its traffic is not counted."
    return f"{one.traffic.conversations} conversations, {_traffic(one.traffic)} in the window."


def _traffic(traffic: Traffic | None) -> str:
    return f"{traffic.packets} packets {quantity(traffic.bytes)}" if traffic else ""


def _bundle(net: Net, held: Iterable[MapConduit]) -> Net:
    """Return all conduits that begin in a zone or on a level as one line, with all of their traffic."""
    counted = [one.traffic for one in held if one.traffic is not None]
    total = Traffic(
        sum(one.conversations for one in counted),
        sum(one.packets for one in counted),
        sum(one.bytes for one in counted),
    )
    busy = total.packets > 0
    label = f"{net.label}, {_traffic(total)}" if busy else net.label
    return replace(net, label=label, look=BUSY if busy else PLAIN)


def _begins(site: Site, sources: tuple[str, ...]) -> Iterator[str]:
    for name, conduit in site.conduits.items():
        zones = {source for source, _ in zone_pairs(site, conduit)}
        keys = {f"zone/{zone}" for zone in zones} | {f"level {site.zones[zone].level:g}" for zone in zones}
        if keys & set(sources):
            yield name


def _strays(ends: Ends, strays: Iterable[MapStray]) -> Iterator[Net]:
    for number, one in enumerate(strays):
        source, target = ends.key(one.source), ends.key(one.target)
        if source == target:
            continue  # inside one card: its sign and the table tell
        label = f"{one.state.upper()}: {one.what}"
        yield Net(f"stray-{number}", (source,), (target,), label, dormant=False, hint=one.seen, look=_STRAYS[one.state])


def _other(key: str) -> Card:
    kind, _, name = key.rpartition("/")
    if key == "router":
        return Card(key, "host", key, "of the host")
    return Card(key, "asset", name or key, kind or "nobody known")


def _subtitle(found: SiteMap) -> str:
    window = f"traffic of {found.window_s:.0f} s" if found.window_s else "traffic not known"
    simulated = "SIMULATED. " if found.simulated else ""
    return f"{simulated}Revision {found.revision}, {found.at:%Y-%m-%d %H:%M:%S} UTC, {window}"
