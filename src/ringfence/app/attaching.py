# SPDX-License-Identifier: Apache-2.0
"""Use case: a person at a workload's serial console."""

from __future__ import annotations

from .power import require_known
from .prepare import scope_of
from .session import Session
from .site_file import SiteFile


def attach(session: Session, file: SiteFile, workload: str) -> None:
    """Attach the terminal until the person leaves. Raises BadInput for an unknown workload, Refused."""
    require_known(file, (workload,))
    session.plant.workloads.console(scope_of(file.site), workload)
