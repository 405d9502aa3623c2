# SPDX-License-Identifier: Apache-2.0
"""What tools add by themselves: extra observed parts that are no drift, per version, each with its pattern."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from .document import Kind


@dataclass(frozen=True, slots=True)
class Allowance:
    """One default that a tool is known to add. ``key`` and ``value`` are regular expressions for the whole text."""

    kind: Kind
    key: str
    value: str
    why: str

    def allows(self, kind: Kind, key: str, value: str) -> bool:
        """Tell whether this extra part is the known default."""
        return kind is self.kind and bool(re.fullmatch(self.key, key) and re.fullmatch(self.value, value))


@dataclass(frozen=True, slots=True)
class Tolerance:
    """The defaults of one set of tool versions. Any other part that nobody compiled is drift."""

    allowances: tuple[Allowance, ...] = field(default=())

    def allows(self, kind: Kind, key: str, value: str) -> bool:
        """Tell whether an observed part that was not compiled is a known default of the tool."""
        return any(allowance.allows(kind, key, value) for allowance in self.allowances)

    def __add__(self, other: Tolerance) -> Tolerance:
        return Tolerance((*self.allowances, *other.allowances))
