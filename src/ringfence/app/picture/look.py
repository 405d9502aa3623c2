# SPDX-License-Identifier: Apache-2.0
"""How a line is drawn. What it stands for can be told without colour: by dashes, width, a double line and a mark."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Mark = Literal["", "lock", "unlocked", "cross", "alarm", "doubt", "stop"]
STRONG = "#1d2733"
ALARM = "#a3122a"
"""Contrast of 7.4 to 1 on the ground."""


@dataclass(frozen=True, slots=True)
class Look:
    """``double`` leaves the middle of a wide line white; ``ink`` None: each line has a colour of its own."""

    meaning: str
    dashes: str | None = None
    width: float | None = None
    double: bool = False
    mark: Mark = ""
    ink: str | None = None


PLAIN = Look("conduit: who may start a conversation with whom")
DORMANT = Look("dormant: closed until it is granted for a time", "5 4", mark="lock")
BUSY = Look("conduit with traffic in the window", width=3)
GRANTED = Look("dormant, and open now for a time", "12 3", 2.4, mark="unlocked")
CLOSED = Look("closed in an emergency", "1 5", 2.4, mark="cross")
UNDECLARED = Look("UNDECLARED: no conduit names it", None, 5, double=True, mark="alarm", ink=ALARM)
UNPROVEN = Look("UNPROVEN: nobody knows whether it can pass", "9 3 2 3", 2.4, mark="doubt", ink="#7a3d9c")
FAINT = Look("conduit that is no way on", width=1, ink="#b9c4cf")
STEP = Look("a way on that the site declares", width=3, ink=STRONG)
BLOCKED = Look("a way on that is blocked, and by what", "2 4", 1.6, mark="stop", ink="#53606f")
UNBLOCKED = Look("a way on that NOTHING BLOCKS", None, 5, double=True, mark="alarm", ink=STRONG)
LOOKS = (PLAIN, BUSY, DORMANT, GRANTED, CLOSED, UNDECLARED, UNPROVEN, STEP, BLOCKED, UNBLOCKED, FAINT)
"""In the order of the legend."""
