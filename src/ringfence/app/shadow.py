# SPDX-License-Identifier: Apache-2.0
"""Use case: try in a sealed copy of what is loaded whether exactly what is declared can flow."""

from __future__ import annotations

import secrets
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ringfence.ports.shadow import Fired, Knock, Loaded, Post, ShadowPort, Shot, Tell, Volley
from ringfence.proof.flow import Claim, Flow
from ringfence.proof.trial.copy import Unbuilt, sealed_copy
from ringfence.proof.trial.end import EVERYTHING, End
from ringfence.proof.trial.expected import by_claims, by_flows
from ringfence.proof.trial.ground import ground_of
from ringfence.proof.trial.quiver import NONCE
from ringfence.proof.trial.trial import Trial
from ringfence.proof.trial.trials import trials
from ringfence.proof.trial.verdict import ALWAYS, Disagreement, Happened, disagreements, unlike

_OUTER = frozenset({"workload", "uplink", "wire", "host", "strange"})
"""Ends of which a proof says exactly who reaches them, whatever the router takes for itself."""


@dataclass(frozen=True, slots=True)
class ShadowResult:
    """What packets showed. ``disagreements`` are against the declaration, ``unforeseen`` against the proof.

    ``unseen`` is what the proof holds possible and no packet did: there it is careful, or something else is in the way.
    ``unbuilt`` is what the copy is not as what is loaded: what depends on it is unproven. Where nothing is in any of
    them, packets and declaration agree in all ``tried`` packets, of which ``passed`` arrived as they should.
    """

    tried: int
    passed: int
    sent: int
    disagreements: tuple[Disagreement, ...]
    unforeseen: tuple[Disagreement, ...]
    unseen: tuple[Disagreement, ...]
    unbuilt: tuple[Unbuilt, ...]
    ends: tuple[str, ...]


def shadow_trials(
    port: ShadowPort,
    loaded: Loaded,
    claims: Sequence[Claim],
    tell: Tell = lambda _: None,
    *,
    seconds: float = 240.0,
    flows: Sequence[Flow] = (),
) -> ShadowResult:
    """Build the copy, try everything, judge it. Raises Refused where there is no copy at all, DeadlinePassed."""
    copy = sealed_copy(loaded.scope, loaded.documents, loaded.links)
    ground, nonce = ground_of(copy.ends, loaded.documents), secrets.token_bytes(NONCE)
    tried = trials(ground, claims, nonce)
    tell(f"{len(tried)} packets are tried between {len(copy.ends)} ends.")
    volley = Volley(nonce, _posts(copy.ends), _shots(tried), _knocks(tried), seconds)
    fired = port.fire(loaded, copy.documents, volley, tell)
    happened = _happened(fired)
    whole = loaded.scope.address("fabric", "copy")
    against = _against_proof(tried, {one.name: one for one in copy.ends}, flows, happened)
    found = tuple(disagreements(tried, happened, by_claims(claims).targets))
    return ShadowResult(
        len(tried),
        sum(_passed(one, happened) for one in tried),
        fired.sent,
        found,
        tuple(one for one in against if one.kind == "leak"),
        tuple(one for one in against if one.kind == "lost"),
        (*copy.unbuilt, *(Unbuilt(whole, one) for one in (*loaded.beside, *fired.unlike))),
        tuple(one.name for one in copy.ends),
    )


def _passed(trial: Trial, happened: Happened) -> bool:
    """Tell whether a packet reached anybody whom it was for; a leg of the router is nobody."""
    wanted = {one for one in trial.must | trial.one_of if not one.startswith("leg/")}
    return not wanted.isdisjoint(happened.arrived.get(trial.sample.number, ()))


def _posts(ends: Sequence[End]) -> list[Post]:
    """Return who answers for what; for an address that several share, the first of them does."""
    taken: set[str] = set()
    found = []
    for end in ends:
        answers = tuple(one for one in end.addresses if one == EVERYTHING or one not in taken)
        taken.update(answers)
        found.append(Post(end.name, end.link, end.mac, answers, end.zone))
    return found


def _shots(tried: Sequence[Trial]) -> list[Shot]:
    """Return the frames to send: one end after the other, so that nobody's limits are met by a burst."""
    by_end: dict[str, list[Shot]] = defaultdict(list)
    for one in tried:
        if one.sample.knock is None:
            wanted = tuple(sorted(end for end in one.must if not end.startswith("answer/")))
            answered = tuple(sorted(one.back)) if one.back_must else ()
            head = (one.sample.number, one.sample.source, one.sample.frame)
            by_end[one.sample.source].append(Shot(*head, wanted, tuple(sorted(one.one_of)), answered))
    turns = max(map(len, by_end.values()), default=0)
    return [found[turn] for turn in range(turns) for found in by_end.values() if turn < len(found)]


def _knocks(tried: Sequence[Trial]) -> list[Knock]:
    found = [(one, *one.sample.knock) for one in tried if one.sample.knock is not None]
    return [Knock(one.sample.number, to, port, user, tuple(sorted(one.must))) for one, to, port, user in found]


def _happened(fired: Fired) -> Happened:
    arrived: dict[int, set[str]] = defaultdict(set)
    replied: dict[int, set[str]] = defaultdict(set)
    for one in fired.arrivals:
        (replied if one.reply else arrived)[one.number].add(one.end)
    return Happened(arrived, replied, fired.answered)


def _against_proof(
    tried: Sequence[Trial], ends: Mapping[str, End], flows: Sequence[Flow], happened: Happened
) -> tuple[Disagreement, ...]:
    """Return where packets and a proof do not agree; nothing where there is no proof."""
    if not flows:
        return ()
    expected = by_flows(flows)
    judged = [expected.trial(one.sample, ends.get(one.sample.source)) for one in tried]
    return tuple(unlike(judged, happened, _OUTER | (expected.targets - ALWAYS)))
