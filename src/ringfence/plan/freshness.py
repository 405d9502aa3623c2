# SPDX-License-Identifier: Apache-2.0
"""Whether a plan still fits the world it was made against."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping

from ringfence.base.addresses import Address
from ringfence.base.errors import WorldMoved
from ringfence.compile.document import Document

from .plan import Plan

_NEXT = "Make a new plan with 'ringfence plan', look at it and apply that one."


def world_digest(observed: Mapping[Address, Document]) -> str:
    """SHA-256 over address and digest of every observed document, in the order of addresses."""
    total = hashlib.sha256()
    for address in sorted(observed):
        total.update(f"{address}\0{observed[address].digest}\n".encode())
    return total.hexdigest()


def require_fresh(plan: Plan, observed: Mapping[Address, Document], generation: int, site_digest: str) -> None:
    """Check that nothing moved since the plan was made. Raises WorldMoved, which says what did."""
    if plan.generation != generation:
        raise WorldMoved(
            f"The plan was made against revision {plan.generation}, but revision {generation} is applied now.",
            _NEXT,
        )
    if plan.site_digest != site_digest:
        raise WorldMoved("The site file is not the one that the plan was made from.", _NEXT)
    if plan.world_digest != world_digest(observed):
        raise WorldMoved("Something on the host changed after the plan was made.", _NEXT)
