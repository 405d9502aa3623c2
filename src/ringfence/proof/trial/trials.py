# SPDX-License-Identifier: Apache-2.0
"""All trials of a copy: what claims promise, and what would show that anything else can flow."""

from __future__ import annotations

from collections.abc import Sequence

from ringfence.proof.flow import Claim

from .expected import Expected, by_claims
from .grid import lies, pairs, questions
from .ground import Ground
from .opened import conversations, frames, knocks, opened, services
from .quiver import Quiver
from .trial import Trial

PACKETS = 150_000
"""About so many packets between pairs of ends: a minute on a busy machine, and half a gigabyte."""
_SERVICES = 12
"""So many services of each end are tried by every other, where there are few ends."""


def trials(ground: Ground, claims: Sequence[Claim], nonce: bytes) -> list[Trial]:
    """Return every trial, with what claims expect of it. Their numbers are their places."""
    quiver, known = Quiver(nonce, real=ground.real), opened(claims)
    conversations(quiver, ground, known)
    pairs(quiver, ground, services(known, _SERVICES), PACKETS)
    lies(quiver, ground, known)
    questions(quiver, ground)
    frames(quiver, ground, claims)
    knocks(quiver, claims)
    expected: Expected = by_claims(claims)
    ends = {end.name: end for end in ground.ends}
    return [expected.trial(sample, ends.get(sample.source)) for sample in quiver.samples]
