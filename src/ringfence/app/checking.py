# SPDX-License-Identifier: Apache-2.0
"""Use case: hold a site file against the design rules. Needs no root, and no libvirt either."""

from __future__ import annotations

from ringfence.assure.check import review
from ringfence.base.errors import Refused
from ringfence.facts.host import HostFacts
from ringfence.messages.findings import CheckReport, finding_line
from ringfence.messages.findings import report as as_report

from .place import Place
from .plant import open_hosts
from .site_file import SiteFile


def check_site(place: Place, file: SiteFile) -> CheckReport:
    """Return every finding about a site; about its host too where this machine can be asked."""
    facts, notes = _facts(place, file)
    found = review(file.site, facts, open_hosts(place).clock.now())
    report = as_report(file.site.name, (*file.remarks, *found.findings))
    accepted = tuple(finding_line(one.finding) for one in found.silenced)
    return CheckReport(report.site, report.errors, report.findings, accepted, notes)


def _facts(place: Place, file: SiteFile) -> tuple[dict[str, HostFacts], tuple[str, ...]]:
    host = next(iter(file.site.hosts.values()))
    try:
        return {host.name: open_hosts(place).hosts.facts(host.name, host.pool)}, ()
    except Refused as refusal:
        note = f"The rules about the host were left out: {refusal.problem}"
        return {}, (note,)
