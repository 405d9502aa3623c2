# SPDX-License-Identifier: Apache-2.0
"""How long a step may take before its outcome counts as unknown. Drivers have shorter deadlines of their own."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from ringfence.compile.document import Kind

_MINUTE = 60.0
_OTHERS = 5 * _MINUTE
_KINDS: Mapping[Kind, float] = {
    Kind.IMAGE: 60 * _MINUTE,  # hundreds of gigabytes over a slow disk
    Kind.VOLUME: 30 * _MINUTE,
    Kind.RUN: 3 * _MINUTE,
}


@dataclass(frozen=True, slots=True)
class Deadlines:
    """Seconds by kind of step, and how long an unknown one is watched before it counts as failed.

    A start that passed libvirt's deadline was seen to happen 20 to 30 s later, so it is watched for 45 s.
    """

    by_kind: Mapping[Kind, float] = field(default_factory=lambda: _KINDS)
    others: float = _OTHERS
    settle: float = 45.0
    look_every: float = 1.0
    hold: float = 3.0
    """How long what was done may take to be seen as it should be: tools answer before the kernel has settled."""

    def of(self, kind: Kind) -> float:
        """Return the seconds a step of this kind may take."""
        return self.by_kind.get(kind, self.others)
