# SPDX-License-Identifier: Apache-2.0
"""A conduit that was opened or closed."""

from __future__ import annotations

from ringfence.cli.paint import Paint
from ringfence.messages.grants import ConduitChange

from .words import duration


def grant_lines(made: ConduitChange, paint: Paint) -> list[str]:
    """Return one sentence."""
    name = paint(made.conduit, "bold")
    if made.until is None:
        return [f"Conduit {name} is closed, and its connections are over."]
    return [f"Conduit {name} is open for {duration(made.seconds)}, until {made.until:%H:%M:%S} UTC."]
