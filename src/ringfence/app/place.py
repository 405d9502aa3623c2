# SPDX-License-Identifier: Apache-2.0
"""Where Ringfence keeps its own files, and which world it talks to."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

STATE = "/var/lib/ringfence"


@dataclass(frozen=True, slots=True)
class Place:
    """``state`` holds a folder per site; ``world`` is ``real`` or ``memory:/path`` (a simulated host)."""

    state: Path
    world: str = "real"

    @classmethod
    def from_environment(cls) -> Place:
        """Read RINGFENCE_STATE and RINGFENCE_WORLD; both are for tests and trials, the defaults serve a plant."""
        state = Path(os.environ.get("RINGFENCE_STATE", STATE))
        return cls(state, os.environ.get("RINGFENCE_WORLD", "real"))

    def site(self, name: str) -> Path:
        """Return the folder of one site's state."""
        return self.state / name

    @property
    def simulated(self) -> bool:
        """True when nothing real is touched."""
        return self.world != "real"
