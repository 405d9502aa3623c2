# SPDX-License-Identifier: Apache-2.0
"""Steps over the network: every flow that was found, between the machines and assets that it lets meet."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping

from . import field
from .box import Box
from .flow import Claim, Flow
from .known import Beyond, Known
from .paths import NEVER, How, State, Step
from .values import Values, common, exactly

NO_OWNER = "no conduit"
_PROTOCOLS = {field.TCP: "tcp", field.UDP: "udp", field.ICMP: "icmp", field.ICMP6: "icmpv6", field.IGMP: "igmp"}
_ETHER = {field.IP4: "IPv4", field.IP6: "IPv6", field.ARP: "ARP", field.RARP: "RARP"}
_OUTSIDE = ("uplink/", "wire/")
_NO_END = ("leg/", "answer/")
"""What the guard lets out of a port goes on at the router, if it does; what is answered there is nobody's to hold."""
_ADDRESSES = ((field.SOURCE4, field.TARGET4), (field.SOURCE6, field.TARGET6), (field.ETHER_SOURCE, field.ETHER_TARGET))


def network_steps(known: Known) -> Iterator[Step]:
    """Yield a step for every way that flows give from one end to another; the same one is told once."""
    claims: dict[tuple[str, str], list[Claim]] = defaultdict(list)
    for claim in known.claims:
        claims[claim.source, claim.target].append(claim)
    behind: dict[str, list[Beyond]] = defaultdict(list)
    for asset in known.assets:
        behind[asset.uplink].append(asset)
    seen: set[tuple[str, str, How, str, str]] = set()
    for flow, owner, box in _owned(known, claims):
        for step in _steps(flow, owner, box, behind, known):
            key = (step.source, step.target, step.how, step.through, step.what)
            if key not in seen:
                seen.add(key)
                yield step


def end_of(end: str) -> str:
    """Return whose an end of a flow is: ``workload/scada`` of ``workload/scada/eth0``."""
    return end.rpartition("/")[0] if end.count("/") > 1 and end.startswith("workload/") else end


def _owned(known: Known, claims: Mapping[tuple[str, str], list[Claim]]) -> Iterator[tuple[Flow, str, Box]]:
    """Yield flows with who owns them, and the box of it. What no claim touches has no owner."""
    for flow in known.undeclared:
        yield flow, "", flow.region.box
    for flow in known.reach.flows:
        if flow.source.startswith(_NO_END) or flow.target.startswith(_NO_END):
            continue
        touched = False
        for claim in claims.get((flow.source, flow.target), ()):
            both = flow.region.within(claim.box)
            if both is not None and both.boxes():
                touched = True
                yield flow, claim.owner, both.box
        if not touched and flow.region.boxes():
            yield flow, "", flow.region.box


def _steps(flow: Flow, owner: str, box: Box, behind: Mapping[str, list[Beyond]], known: Known) -> Iterator[Step]:
    how = _how(box)
    if how is None:
        return
    for source in _senders(flow.source, box, behind):
        for target in _receivers(flow.target, box, behind):
            if source != target:
                yield Step(
                    source,
                    target,
                    how,
                    owner or NO_OWNER,
                    service(box),
                    State.DECLARED if owner else State.UNDECLARED,
                    shown_by=known.shown.get((source, target, how), NEVER),
                )


def _how(box: Box) -> How | None:
    """Tell whether the source may begin; None for errors about what others say: nobody moves on by them."""
    states, directions = box.at(field.STATE), box.at(field.DIRECTION)
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


def service(box: Box) -> str:
    """Say what a box carries: ``tcp 502``, ``udp 47808 answers``, ``frames 0x88b8``, ``anything``."""
    protocols = box.limits.get(field.PROTO)
    if protocols is None:
        frames = box.limits.get(field.PROTOCOL)
        return "anything" if frames is None else _listed(frames, _ether)
    words = _listed(protocols, lambda number: _PROTOCOLS.get(number, f"protocol {number}"))
    for name, prefix in ((field.DPORT, ""), (field.SPORT, "from "), (field.TYPE, "type ")):
        found = box.limits.get(name)
        if found is not None and len(found) <= _MOST:
            return f"{words} {prefix}{_listed(found, str)}"
    return words


_MOST = 8
"""Spans that are still told one by one."""


def _ether(number: int) -> str:
    return _ETHER.get(number, f"frames 0x{number:04x}")


def _listed(values: Values, word: Callable[[int], str]) -> str:
    return ",".join(word(first) if first == last else f"{word(first)}-{word(last)}" for first, last in values)
