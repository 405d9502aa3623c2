# SPDX-License-Identifier: Apache-2.0
"""The parts of a verification, in the order in which they run."""

from __future__ import annotations

from collections.abc import Collection

from ringfence.base.errors import BadInput

from .facts import facts
from .outcome import FACTS, PACKETS, PROOF, RULES
from .packets import PACKETS_S, packets
from .part import Part
from .proof import proof
from .rules import rules

ALL: tuple[Part, ...] = (
    Part(RULES, "compare what is loaded with what was compiled", 120, rules),
    Part(PROOF, "prove that nothing else can flow", 120, proof),
    Part(FACTS, "look at what runs, and at the host", 120, facts),
    Part(PACKETS, "try packets in a sealed copy of it", PACKETS_S + 30, packets),
)


def chosen(only: str | None, without: Collection[str] = ()) -> tuple[Part, ...]:
    """Return the parts that are wanted: one, or all but some. BadInput: none is left, which proves nothing."""
    found = tuple(part for part in ALL if (only is None or part.name == only) and part.name not in without)
    if not found:
        raise BadInput("With these options no part is left to verify.", "Name another part, or leave none out.")
    return found
