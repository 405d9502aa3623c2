# SPDX-License-Identifier: Apache-2.0
"""How much a conduit carries in a second."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Rate:
    """At least one of ``packets`` and ``connections`` is set; None means any number.

    Packets count in each direction on its own, so that answers never use up what the askers may send.
    """

    packets: int | None = None
    connections: int | None = None
    """New ones; what is connected already goes on."""
    burst: int | None = None
    """Packets that may come at once."""

    @property
    def packet_burst(self) -> int:
        """Return how many packets may come at once: as many as in a second where nothing is said."""
        return self.burst or self.packets or 0
