# SPDX-License-Identifier: Apache-2.0
"""Target security levels (SL-T) of IEC 62443-3-3, one per foundational requirement."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class SecurityLevel:
    """SL-T 0 to 4 per foundational requirement (IEC 62443-1-1 clause 7, 62443-3-3 annex A)."""

    iac: int
    """FR 1 identification and authentication control."""
    uc: int
    """FR 2 use control."""
    si: int
    """FR 3 system integrity."""
    dc: int
    """FR 4 data confidentiality."""
    rdf: int
    """FR 5 restricted data flow."""
    tre: int
    """FR 6 timely response to events."""
    ra: int
    """FR 7 resource availability."""

    @classmethod
    def uniform(cls, level: int) -> SecurityLevel:
        """One number for all seven requirements."""
        return cls(*[level] * 7)

    @property
    def highest(self) -> int:
        """The highest of the seven."""
        return max(self.iac, self.uc, self.si, self.dc, self.rdf, self.tre, self.ra)
