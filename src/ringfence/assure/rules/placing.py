# SPDX-License-Identifier: Apache-2.0
"""Rules about workloads that can run nowhere: the refusals of placement, as findings."""

from __future__ import annotations

from collections.abc import Iterator

from ringfence.assure.ground import Ground
from ringfence.assure.rule import Found, rule
from ringfence.base.diagnostics import Severity
from ringfence.placement.place import NO_HOST, TOO_LARGE


def _refused(ground: Ground, id_: str) -> Iterator[Found]:
    return (Found(refusal.subject, refusal.problem) for refusal in ground.refusals if refusal.id == id_)


@rule(NO_HOST, Severity.ERROR, "IEC 62443-3-3 SR 7.8", fix="Declare the host under 'hosts'.")
def no_host(ground: Ground) -> Iterator[Found]:
    """A workload has no host to run on.

    The site declares no host, or not the one that the workload is pinned to.
    """
    return _refused(ground, NO_HOST)


@rule(TOO_LARGE, Severity.ERROR, "IEC 62443-3-3 SR 7.2", fix="Give it less memory, or declare a larger host.")
def too_large(ground: Ground) -> Iterator[Found]:
    """A workload asks for more memory than any host can give it.

    It could not even start alone.
    """
    return _refused(ground, TOO_LARGE)
