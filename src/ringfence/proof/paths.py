# SPDX-License-Identifier: Apache-2.0
"""Attack paths: every way an intruder who holds one end could move on, what blocks it, and what last showed that.

Ends are those of a plant as people speak of it: ``workload/scada`` (all its interfaces), ``asset/plc-7``,
``uplink/plant``, ``host``, ``router``, ``management``. Only steps that may exist are here: what neither the artifacts
let pass nor anybody left open is no step.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

NEVER = "never"
"""``shown_by`` of what no test and no verification has looked at."""


class How(StrEnum):
    """What an intruder moves through."""

    NETWORK = "network"
    """A conversation that the source may begin."""
    ANSWER = "answer"
    """Answers only, to what the target asked first: enough for an attack on the program that asks."""
    PLANT = "plant"
    """The plant's own network beyond an uplink, where nothing of Ringfence stands between."""
    DOOR = "door"
    """Past the network: a shared disk, a device, a channel."""
    HOST = "host"
    """Out of a machine into the host that runs it, or from the host into its machines."""
    MANAGEMENT = "management"
    """What people and Ringfence itself reach machines and host by."""


class State(StrEnum):
    """How a step is judged. A word, so that it is told without colour."""

    DECLARED = "declared"
    """The site says so: a conduit, a device, a channel that somebody gave a reason for."""
    BLOCKED = "blocked"
    """It would be a way if what blocks it were gone."""
    OPEN = "open"
    """Nothing blocks it, and it is in the nature of the thing rather than declared: the host reads what it runs."""
    UNPROVEN = "unproven"
    """Nobody knows whether anything blocks it, or something in it was not understood."""
    UNDECLARED = "undeclared"
    """It is there, and nothing in the site allows it."""


@dataclass(frozen=True, slots=True)
class Step:
    """One way on, from an end to the next. ``through`` is its owner or the door's own name, ``what`` says it in words.

    ``blocked_by`` names every layer that holds, ``shown_by`` the test or verification that last showed the step's
    state, with its time, or NEVER.
    """

    source: str
    target: str
    how: How
    through: str
    what: str
    state: State
    blocked_by: tuple[str, ...] = ()
    shown_by: str = NEVER

    @property
    def is_barrier(self) -> bool:
        """Tell whether something blocks it, or may for all that is known."""
        return self.state in {State.BLOCKED, State.UNPROVEN}


@dataclass(frozen=True, slots=True)
class Route:
    """The easiest way to a target: through the fewest barriers, and of these the shortest."""

    target: str
    steps: tuple[Step, ...]

    @property
    def barriers(self) -> int:
        """Return how many of its steps are blocked, or may be for all that is known."""
        return sum(step.is_barrier for step in self.steps)


@dataclass(frozen=True, slots=True)
class Paths:
    """What an intruder who holds ``held`` can do: every direct step, and the easiest way to each end there is.

    ``routes`` are in order of barriers, then of length, then of target. ``beyond`` are the ends that nothing leads to.
    """

    held: str
    direct: tuple[Step, ...]
    routes: tuple[Route, ...]
    beyond: tuple[str, ...] = ()
