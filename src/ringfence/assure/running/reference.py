# SPDX-License-Identifier: Apache-2.0
"""All criteria as the reference page docs/reference/checks.md.

``python -m ringfence.assure.running.reference > docs/reference/checks.md`` writes the page anew.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from itertools import groupby

from .clauses import CLAUSES
from .criteria import HOST, MACHINE
from .criterion import Criterion
from .ground import HostGround, MachineGround

Any_ = Criterion[MachineGround] | Criterion[HostGround]

GROUPS = {
    "PRC": "The process of a machine",
    "LIM": "What a machine may use up",
    "MCH": "What a machine is made of",
    "KRN": "The host's kernel",
    "SHR": "What machines of a host share",
    "SVC": "The host's services and accounts",
}

_HEAD = """\
<!-- Generated from the code: python -m ringfence.assure.running.reference > docs/reference/checks.md -->
# Checks of what runs

`ringfence verify` holds every machine that runs, and the host below, against {count} checks. Each is answered from what
the kernel and the running process say, never from a definition. A check

- **passes** where the facts show it;
- **fails** where they show that it does not hold, and the target level (SL-T) asks for it;
- is a **weakness** where it does not hold and the level does not ask for it: it is told, and is no failure;
- is **unproven** where it could not be seen, at any level: nothing that was not seen is proven;
- is **not applicable** where the question does not arise, with the reason.

A workload is judged by the highest SL-T of its zones. The host is judged as a zone that nobody declared, by the highest
SL-T of all that it carries. A check never changes its id.

`HB-nn` are Ringfence's own numbers for what NIST SP 800-125A asks of a hypervisor. A check that passes is evidence for
its clauses; it makes nothing compliant.
"""


def markdown() -> str:
    """Return the reference page."""
    known: tuple[Any_, ...] = (*MACHINE, *HOST)
    ordered = sorted(known, key=lambda one: (list(GROUPS).index(_group(one)), one.id))
    return "\n".join([_HEAD.format(count=len(known)), *_overview(ordered), *_details(ordered), *_clauses(ordered)])


def _group(one: Any_) -> str:
    return one.id.split("-")[1]


def _overview(known: list[Any_]) -> Iterator[str]:
    yield from ("| check | from SL-T | what should be |", "|---|---|---|")
    for one in known:
        yield f"| [{one.id}](#{one.id.lower()}) | {one.from_level} | {one.title} |"


def _details(known: list[Any_]) -> Iterator[str]:
    for group, held in groupby(known, key=_group):
        yield f"\n## {GROUPS[group]}"
        for one in held:
            yield f"\n### {one.id}\n\n**{one.title}** (from SL-T {one.from_level})\n\n{one.rationale}\n"
            yield f"*Read from:* {one.how}.\n\n*What to do:* {one.fix}\n\n*Evidence for:* {', '.join(one.clauses)}."


def _clauses(known: list[Any_]) -> Iterator[str]:
    yield from ("\n## By clause\n", "| clause | name | checks |", "|---|---|---|")
    for clause, name in CLAUSES.items():
        held = ", ".join(f"[{one.id}](#{one.id.lower()})" for one in known if clause in one.clauses)
        if held:
            yield f"| {clause} | {name} | {held} |"
    yield ""


if __name__ == "__main__":
    sys.stdout.write(markdown())
