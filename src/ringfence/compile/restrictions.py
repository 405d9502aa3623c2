# SPDX-License-Identifier: Apache-2.0
"""What people closed outside of revisions: islands and cuts. An input of compile, as the time is."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Restrictions:
    """Names of zones that are islands, and of conduits and assets that are cut.

    An island keeps what stays inside it and loses everything that crosses its border, in both directions (island mode,
    IEC 62443-3-3 SR 5.2 RE 2). A cut conduit lets nothing pass, and nobody talks with a cut asset.
    """

    islands: frozenset[str] = frozenset()
    conduits: frozenset[str] = frozenset()
    assets: frozenset[str] = frozenset()

    def __bool__(self) -> bool:
        """Tell whether anything is restricted."""
        return bool(self.islands or self.conduits or self.assets)


UNRESTRICTED = Restrictions()
