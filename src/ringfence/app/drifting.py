# SPDX-License-Identifier: Apache-2.0
"""Use case: drift as a person reads it."""

from __future__ import annotations

from ringfence.messages.drift import DriftLine, DriftReport
from ringfence.site.site import Site

from .planning import generation
from .session import Session
from .status import facts_of, find_drift


def drift_report(session: Session, site: Site) -> DriftReport:
    """Return what differs from the applied revision. Raises Refused."""
    found = find_drift(session, site, facts_of(session, site))
    lines = [DriftLine(one.address, str(one.kind), one.workload, one.sentences) for one in found]
    return DriftReport(site.name, generation(session), tuple(lines))
