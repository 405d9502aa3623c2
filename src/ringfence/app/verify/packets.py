# SPDX-License-Identifier: Apache-2.0
"""Part ``packets``: real packets in a sealed copy of what is loaded do what is declared, and what the proof says."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence

from ringfence.app.shadow import ShadowResult, shadow_trials
from ringfence.base.errors import Refused
from ringfence.engine.cancel import Cancel
from ringfence.proof.flow import Flow
from ringfence.proof.trial.verdict import Disagreement

from .canaries import canaries
from .claimed import claimed, person_end, subjects_of_ends
from .ground import Ground
from .outcome import Found, Outcome

PACKETS_S = 270.0
_TOLD = 3
"""Packets beyond the first that are named of those between two ends."""
FLOWS = "flows"
"""Under which the proof keeps what it found possible."""
_LEAK = "'ringfence trace' follows such a packet through the rules; 'ringfence drift' tells what was changed by hand."
_LOST = "'ringfence trace' says where such a packet stops; 'ringfence apply' brings back what is missing."
_BLIND = "What the proof could not take into account is told above as wrong or unproven; where nothing is, report this."
_REPORT = "Please report it: the proof is too careful, or the copy is not as the plant."
_COPY = "It is not in the copy as it stands, so nothing that depends on it was tried."


def packets(ground: Ground, _stop: Cancel) -> Outcome:
    """Copy what is loaded, try everything in it, and judge. Raises Refused where there can be no copy."""
    port = ground.session.plant.shadow
    if port is None:
        raise Refused("A simulated host has no kernel in which packets could be tried.", "Verify a real plant.")
    flows: Sequence[Flow] | None = ground.memo.known(FLOWS)
    loaded = port.loaded(ground.declared.scope)
    result = shadow_trials(port, loaded, claimed(ground), seconds=PACKETS_S, flows=flows or ())
    flown, said = canaries(ground, port, loaded)
    summary = f"{_summary(result, compared=flows is not None)} {said}"
    return Outcome(summary, (*_found(ground, result), *flown), not result.unbuilt)


def _summary(result: ShadowResult, *, compared: bool) -> str:
    with_proof = ", and held against the proof" if compared else ""
    return (
        f"{result.tried} packets were tried between {len(result.ends)} ends of a sealed copy; {result.passed} had to "
        f"arrive, the others must not{with_proof}."
    )


def _found(ground: Ground, result: ShadowResult) -> Iterator[Found]:
    for held in _by_ends(result.disagreements):
        yield _disagreement(ground, held)
    if result.unforeseen:
        yield _unforeseen(ground, result.unforeseen)
    for held in _by_ends(result.unseen):
        yield _unseen(ground, held)
    for unbuilt in result.unbuilt:
        yield Found((ground.shared,), f"{unbuilt.why} {_COPY}", wrong=False, details=(unbuilt.address,))


def _by_ends(those: Sequence[Disagreement]) -> Iterator[list[Disagreement]]:
    """Yield what goes wrong between two ends together: one broken rule lets hundreds of packets pass."""
    leaked = {(one.source, one.what) for one in those if one.kind == "leak" and not one.reply}
    found: dict[tuple[str, str, str], list[Disagreement]] = defaultdict(list)
    for one in those:
        if not (one.kind == "leak" and one.reply and (one.source, one.what) in leaked):
            found[one.kind, one.source, one.target].append(one)
    yield from found.values()


def _disagreement(ground: Ground, held: Sequence[Disagreement]) -> Found:
    first, *others = held
    leak, ends = first.kind == "leak", (person_end(first.source), person_end(first.target))
    more = f"and {len(others)} more between the two" if others else ""
    return Found(
        subjects_of_ends(ground, ends),
        first.sentence,
        next_step=_LEAK if leak else _LOST,
        details=(*(one.what for one in others[:_TOLD]), *((more,) if len(others) > _TOLD else ())),
        key=f"{first.kind} {first.source} {first.target}",
        flow=(*ends, _words(first, len(others))) if leak and ends[0] != ends[1] else None,
    )


def _unforeseen(ground: Ground, held: Sequence[Disagreement]) -> Found:
    """Return as one what arrived although the proof says that it cannot: the proof is wrong about what is loaded."""
    first = held[0]
    ends = (end for one in held for end in (one.source, one.target))
    return Found(
        subjects_of_ends(ground, ends),
        f"Packets and proof do not agree: by the proof {len(held)} of the packets that arrived could not. The first: "
        f"{first.what}, sent at {first.source}, reached {first.target}.",
        next_step=_BLIND,
        key="unforeseen",
    )


def _unseen(ground: Ground, held: Sequence[Disagreement]) -> Found:
    """Return what the proof holds possible and no packet did: one of them is wrong, and nobody knows which."""
    first = held[0]
    return Found(
        subjects_of_ends(ground, (first.source, first.target)),
        f"Packets and proof do not agree. The proof holds possible what no packet did: {_words(first, len(held) - 1)}, "
        f"from {first.source} to {first.target}.",
        wrong=False,
        next_step=_REPORT,
        key=f"unseen {first.source} {first.target}",
    )


def _words(first: Disagreement, others: int) -> str:
    return f"{first.what} and {others} more" if others else first.what
