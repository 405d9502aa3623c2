# SPDX-License-Identifier: Apache-2.0
"""What a packet met on its way through the rules."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Hop:
    """A rule that a packet met, or the end of a chain (``slug`` and ``text`` empty, the policy as verdict)."""

    family: str
    table: str
    chain: str
    slug: str
    """Name of the rule in its comment; empty for rules that are not ours."""
    text: str
    verdict: str
    """``accept``, ``drop``, ``continue``, ``jump from_field``, ``goto deny_undeclared``."""
