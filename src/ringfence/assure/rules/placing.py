# SPDX-License-Identifier: Apache-2.0
"""The refusals of placement, as findings."""

from __future__ import annotations

from collections.abc import Iterator

from ringfence.assure.ground import Ground
from ringfence.assure.rule import Found, rule
from ringfence.base.diagnostics import Severity
from ringfence.placement.place import REFUSED


@rule(REFUSED, Severity.ERROR, "IEC 62443-3-3 SR 7.2", fix="Give it less memory, or declare a host that can carry it.")
def refused(ground: Ground) -> Iterator[Found]:
    """A workload can run on no host.

    It asks for more memory than any host it may run on can give, and could not even start alone.
    """
    for refusal in ground.refusals:
        yield Found(refusal.subject, refusal.problem, "memory")
