# SPDX-License-Identifier: Apache-2.0
"""Why somebody may open something to somebody, or may not: the conduit and the rule that decide, both ways."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from ipaddress import ip_address

from ringfence.app.addresses import Parties, Party, parties
from ringfence.app.services import asked
from ringfence.base.errors import BadInput
from ringfence.messages.proof import ProofLine, ProofReason, ProofVerdict, ProofWay
from ringfence.proof import field
from ringfence.proof.box import Box
from ringfence.proof.flow import Claim, Place
from ringfence.proof.packet import plainest, smallest
from ringfence.proof.reach.world import World
from ringfence.proof.region import cut
from ringfence.proof.stop import stopped
from ringfence.proof.values import exactly
from ringfence.proof.wording import told

from .case import Case
from .ends import end_of
from .matrix import named
from .told import line_at

_NUMBERS = {"tcp": field.TCP, "udp": field.UDP, "icmp": field.ICMP, "icmpv6": field.ICMP6}
_ECHO = {"icmp": (8, 0), "icmpv6": (128, 129)}
_PORTED = frozenset({"tcp", "udp"})
_MOST = 6


@dataclass(frozen=True, slots=True)
class _Wish:
    """A conversation: text of two addresses, whose they are, and what is asked for."""

    near: Party
    far: Party
    source: str
    target: str
    protocol: str
    port: int

    @property
    def flow(self) -> str:
        """Return ``tcp/502`` or ``icmp``."""
        return f"{self.protocol}/{self.port}" if self.port else self.protocol

    def turned(self) -> _Wish:
        """Return the same opened from the other side."""
        return _Wish(self.far, self.near, self.target, self.source, self.protocol, self.port)


def why(case: Case, source: str, target: str, service: str) -> ProofReason:
    """Return what decides. Raises BadInput for unknown names."""
    wish = _meaning(case, source, target, service)
    opening = _way(case, wish, _opening(wish), opens=True)
    answer = _way(case, wish.turned(), _answer(wish), opens=False)
    turned = _way(case, wish.turned(), _opening(wish.turned()), opens=True)
    return ProofReason(
        case.site.name,
        case.of,
        _name(wish.near, wish.source),
        _name(wish.far, wish.target),
        wish.flow,
        opening.passes,
        _verdict(case, (opening, answer, turned)),
        opening,
        answer,
        turned,
        tuple(_hints(case, wish, opening)),
    )


def _verdict(case: Case, ways: tuple[ProofWay, ...]) -> ProofVerdict:
    if any(one.passes is not bool(one.owners) for one in ways):
        return "wrong"
    return "unproven" if case.reach.unread or case.not_seen or case.strangers() else "proven"


def _meaning(case: Case, source: str, target: str, service: str) -> _Wish:
    wanted = asked(case.site, service)
    if not wanted:
        step = "Name a service of the site or of the catalogue, a flow such as tcp/502, or 'ping'."
        raise BadInput(f"There is no service {service}.", step)
    known = parties(case.site, case.bindings)
    near, far = _addresses(case, known, source), _addresses(case, known, target)
    for protocol, port in wanted:
        for version in (4, 6):
            if version in near and version in far and protocol != {4: "icmpv6", 6: "icmp"}[version]:
                return _Wish(near[version][1], far[version][1], near[version][0], far[version][0], protocol, port)
    raise BadInput(
        f"{source} and {target} have no addresses with which {service} could be asked.",
        "Name two ends with addresses of one version of IP.",
    )


def _addresses(case: Case, known: Parties, name: str) -> dict[int, tuple[str, Party]]:
    """Return the first address by version of IP. Raises BadInput."""
    try:
        one = ip_address(name)
    except ValueError:
        found: dict[int, tuple[str, Party]] = {}
        for text, party in known.named(name):
            found.setdefault(ip_address(text).version, (text, party))
        if found:
            return found
        ends = ", ".join(sorted((*case.site.workloads, *case.site.assets))) or "none"
        raise BadInput(f"The site has no workload or asset {name}.", f"It has: {ends}.") from None
    return {one.version: (str(one), known.at(str(one)))}


def _opening(wish: _Wish) -> Box:
    limits = {field.STATE: exactly(field.NEW), field.DIRECTION: exactly(field.ORIGINAL)}
    if wish.protocol in _PORTED:
        limits[field.DPORT] = exactly(wish.port)
    else:
        limits[field.TYPE] = exactly(_ECHO[wish.protocol][0])
    return Box({**_between(wish), **limits})


def _answer(wish: _Wish) -> Box:
    limits = {field.STATE: exactly(field.ESTABLISHED), field.DIRECTION: exactly(field.REPLY)}
    if wish.protocol in _PORTED:
        limits[field.SPORT] = exactly(wish.port)
    else:
        limits[field.TYPE] = exactly(_ECHO[wish.protocol][1])
    return Box({**_between(wish.turned()), **limits})


def _between(wish: _Wish) -> dict[str, tuple[tuple[int, int], ...]]:
    six = ":" in wish.source
    names = (field.SOURCE6, field.TARGET6) if six else (field.SOURCE4, field.TARGET4)
    ends = (exactly(int(ip_address(text))) for text in (wish.source, wish.target))
    found = {field.PROTOCOL: exactly(field.IP6 if six else field.IP4), field.PROTO: exactly(_NUMBERS[wish.protocol])}
    return {**found, **dict(zip(names, ends, strict=True))}


def _way(case: Case, wish: _Wish, box: Box, *, opens: bool) -> ProofWay:
    source, target = end_of(case, wish.near) or wish.source, end_of(case, wish.far) or wish.target
    owners = _owners(case.claims, source, target, box)
    passing = _passing(case, source, target, box)
    places = passing[1] if passing else _stopped(case, source, target, box)
    packet = told(passing[0] if passing else smallest(box), source, target)
    path = tuple(line for place in places if (line := line_at(case, place)) is not None)
    sentences = tuple(_sentences(case, wish, owners, path, passes=passing is not None, opens=opens))
    return ProofWay(packet, passing is not None, owners, path, sentences)


def _owners(claims: tuple[Claim, ...], source: str, target: str, box: Box) -> tuple[str, ...]:
    held = (one for one in claims if one.source == source and one.target == target and one.box.meets(box))
    return tuple(dict.fromkeys(one.owner for one in held))


def _passing(case: Case, source: str, target: str, box: Box) -> tuple[dict[str, int], tuple[Place, ...]] | None:
    """Return the plainest packet that passes and its path."""
    for flow in case.reach.flows:
        if flow.source == source and flow.target == target and (both := flow.region.box.common(box)) is not None:
            boxes = cut([both], flow.region.holes)
            if boxes:
                return dict(plainest(boxes)), flow.path
    return None


def _stopped(case: Case, source: str, target: str, box: Box) -> tuple[Place, ...]:
    return stopped(World(tuple(case.documents.values())), source, target, smallest(box))


def _sentences(
    case: Case, wish: _Wish, owners: tuple[str, ...], path: tuple[ProofLine, ...], *, passes: bool, opens: bool
) -> Iterator[str]:
    who, whom = _name(wish.near, wish.source), _name(wish.far, wish.target)
    what = f"{who} may open {wish.flow} to {whom}" if opens else f"{who} may answer {whom}"
    if owners:
        yield f"{what}: {', '.join(_title(case, one) for one in owners)}."
    else:
        yield f"Nothing declares that {what}."
    if passes and not owners:
        yield "And yet the rules let it pass. This is a counter-example to the proof."
    if not passes and owners:
        yield "And yet nothing lets it through."
    yield from _let(path) if passes else _ended(path)


def _let(path: tuple[ProofLine, ...]) -> Iterator[str]:
    """Say which element lets a packet, or which rule where there is no element."""
    deciding = next((one for one in reversed(path) if "element/" in one.part), path[-1] if path else None)
    if deciding is not None:
        kind = "element" if "element/" in deciding.part else "rule"
        yield f"The {kind} that lets it: {deciding.text} ({_where(deciding)})."


def _ended(path: tuple[ProofLine, ...]) -> Iterator[str]:
    """Say which rule drops a packet, and which sent it there."""
    if not path:
        yield "No rule drops it: there is no way for it at all."
        return
    last, before = path[-1], path[-2] if len(path) > 1 else None
    sent = before is not None and before.text.endswith(last.part.split("/")[1])
    by = f", where {_rule(before)} sends it ({_where(before)})" if before is not None and sent else ""
    yield f"It ends at {_rule(last)} ({_where(last)}){by}."


def _rule(line: ProofLine) -> str:
    kind, _, name = line.part.partition("/")
    return f"the policy of chain {name}" if kind == "chain" else f"rule {name}, '{line.text}'"


def _where(line: ProofLine) -> str:
    return f"{line.artifact}, line {line.line}" if line.line else line.artifact


def _hints(case: Case, wish: _Wish, opening: ProofWay) -> Iterator[str]:
    source, target = end_of(case, wish.near), end_of(case, wish.far)
    if not opening.owners:
        for owner in _owners(case.grantable(), source, target, _opening(wish)):
            name = owner.partition("/")[2]
            yield f"Conduit {name} is dormant and would let it; open it with 'ringfence grant {name} --for 30m'."
    there = [one for one in case.claims if one.source == source and one.target == target]
    new = exactly(field.NEW)
    other = {named(case.site, one.box) for one in there if field.STATE in one.box.limits and _has(one, new)}
    rest = sorted(other - {wish.flow, named(case.site, _opening(wish))})
    if rest:
        shown = ", ".join(rest[:_MOST]) + (f" and {len(rest) - _MOST} more" if len(rest) > _MOST else "")
        near, far = _name(wish.near, wish.source), _name(wish.far, wish.target)
        yield f"What {near} may open to {far}: {shown}."
    yield from (f"Not counted here, and it may change the answer: {text}" for text in case.strangers()[:_MOST])


def _has(claim: Claim, states: tuple[tuple[int, int], ...]) -> bool:
    return claim.box.meets(Box({field.STATE: states}))


def _title(case: Case, owner: str) -> str:
    kind, _, name = owner.partition("/")
    declared = case.site.conduits.get(name) if kind in {"conduit", "grant"} else None
    reason = f" ({declared.reason.rstrip('.')})" if declared else ""
    words = {
        "conduit": f"conduit {name} declares it",
        "grant": f"conduit {name} is granted for a time",
        "probe": f"it is the probe of {name}",
        "peers": f"the peers of zone {name} are open",
    }
    return f"{words.get(kind, f'{owner}, which every fabric needs')}{reason}"


def _name(party: Party, text: str) -> str:
    return party.name or text
