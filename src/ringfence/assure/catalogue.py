# SPDX-License-Identifier: Apache-2.0
"""All rules as data, and as the reference page docs/reference/rules.md.

``python -m ringfence.assure.catalogue > docs/reference/rules.md`` writes the page anew.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby

from ringfence.base.diagnostics import Severity

from .clauses import CLAUSES
from .rule import BROKEN_RULE, Rule
from .rules import RULES

GROUPS = {
    "AST": "Assets",
    "CON": "Conduits",
    "DEV": "Devices of the host",
    "EXC": "Exceptions",
    "FRM": "Frames without IP",
    "FUN": "Essential functions",
    "HST": "Hosts",
    "INT": "Ringfence itself",
    "NYI": "Not built yet",
    "PLC": "Placement",
    "UPL": "Uplinks",
    "USE": "Declared and not used",
    "WKL": "Workloads",
    "ZON": "Zones",
}

_HEAD = """\
<!-- Generated from the code: python -m ringfence.assure.catalogue > docs/reference/rules.md -->
# Design rules

`ringfence check` holds a site file against {count} rules. A rule never changes its id. A finding of severity `error`
refuses `plan` and `apply`; the others do not. Every finding but an error can be accepted under `exceptions`, with a
reason, an owner and a last day: [Finding and exception](../concepts/finding.md).

Clauses of IEC 62443-3-3 are named by their system requirement (SR). The NIST and NERC documents are named without
chapters. A finding tells that a design goes against what a clause asks for; that there is none does not make a site
compliant.
"""


@dataclass(frozen=True, slots=True)
class Entry:
    """A rule without its function, ready to be shown or written as JSON."""

    id: str
    group: str
    severity: Severity
    title: str
    rationale: str
    fix: str
    clauses: tuple[str, ...]


_BROKEN = Entry(
    BROKEN_RULE,
    GROUPS["INT"],
    Severity.HIGH,
    "A rule could not be checked.",
    "A fault in Ringfence: the rule failed on this site. All other rules were checked.",
    "Report this with the site file; all other rules were checked.",
    (),
)


def entries() -> tuple[Entry, ...]:
    """Return all rules in the order of their ids."""
    made = (_BROKEN, *(_entry(one) for one in RULES))
    return tuple(sorted(made, key=lambda entry: entry.id))


def _entry(one: Rule) -> Entry:
    group = GROUPS[one.id.split("-")[1]]
    return Entry(one.id, group, one.severity, one.title, one.rationale, one.fix, one.clauses)


def markdown() -> str:
    """Return the reference page."""
    known = entries()
    return "\n".join([_HEAD.format(count=len(known)), *_overview(known), *_details(known), *_clauses(known)])


def _overview(known: tuple[Entry, ...]) -> Iterator[str]:
    yield from ("| rule | severity | what it finds |", "|---|---|---|")
    for entry in known:
        yield f"| [{entry.id}](#{entry.id.lower()}) | {entry.severity} | {entry.title} |"


def _details(known: tuple[Entry, ...]) -> Iterator[str]:
    for group, held in groupby(known, key=lambda entry: entry.group):
        yield f"\n## {group}"
        for entry in held:
            yield f"\n### {entry.id}\n\n**{entry.title}** ({entry.severity})\n\n{entry.rationale}\n"
            yield f"*What to do:* {entry.fix}"
            if entry.clauses:
                yield f"\n*Held against:* {', '.join(entry.clauses)}."


def _clauses(known: tuple[Entry, ...]) -> Iterator[str]:
    yield from ("\n## By clause\n", "| clause | name | rules |", "|---|---|---|")
    for clause, name in CLAUSES.items():
        held = ", ".join(f"[{entry.id}](#{entry.id.lower()})" for entry in known if clause in entry.clauses)
        yield f"| {clause} | {name} | {held} |"
    yield ""


if __name__ == "__main__":
    sys.stdout.write(markdown())
