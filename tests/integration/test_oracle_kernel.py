# SPDX-License-Identifier: Apache-2.0
"""Random tables in the real kernel: packets do what z3 says, and what the proof says.

Later fragments are left out: some kernels read ports in them on bridges, others do not.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from random import Random

import z3
from hypothesis import HealthCheck, Phase, given, seed, settings
from tests.oracle.draw import Table, tables
from tests.oracle.frames import Frame, frames
from tests.oracle.kernel import PORTS
from tests.oracle.meaning import accepted, passes
from tests.oracle.terms import RAW_BITS, bits, packet
from tests.packets.ruleset import Ruleset

from ringfence.compile.document import Document, Kind
from ringfence.proof.box import Box
from ringfence.proof.evaluate import walk
from ringfence.proof.ruleset import read

TABLES, FRAMES, HOOK = 25, 60, "prerouting"


def drawn() -> list[Table]:
    """Return tables that the kernel decides alike every time: without limits, and with a chain at the hook."""
    found: list[Table] = []

    @seed(4)
    @settings(max_examples=5 * TABLES, phases=[Phase.generate], database=None, suppress_health_check=list(HealthCheck))
    @given(tables("bridge"))
    def draw(table: Table) -> None:
        limited = "limit" in table.script()
        if not limited and any(HOOK in hook for hook in table.chains.values()) and len(found) < TABLES:
            found.append(table)

    draw()
    return found


def kernel(repository: Path, asked: list[tuple[Table, list[Frame]]]) -> Iterator[set[int]]:
    """Yield the numbers of the frames that get through each table."""
    lines = [json.dumps([table.script(), [(one.port, one.raw.hex()) for one in sent]]) for table, sent in asked]
    order = ["unshare", "-n", sys.executable, "-m", "tests.oracle.kernel"]
    done = subprocess.run(order, input="\n".join(lines), cwd=repository, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    yield from (set(json.loads(line)) for line in done.stdout.splitlines())


def by_z3(table: Table, sent: list[Frame]) -> set[int]:
    rules, of = Ruleset(), packet()
    rules.load(table.script())
    formula = passes(accepted(rules, HOOK, of))
    of.setdefault("@th,64", z3.BitVec("@th,64", RAW_BITS))
    found = set()
    for one in sent:
        values = [(of[name], z3.BitVecVal(value, bits(name))) for name, value in one.values.items()]
        if z3.is_true(z3.simplify(z3.substitute(formula, *values))):
            found.add(one.number)
    return found


def by_proof(table: Table, sent: list[Frame]) -> set[int]:
    ruleset = read([Document("host/server1/live/table/guard", Kind.TABLE, table.parts())])
    box = {one.number: Box({name: ((value, value),) for name, value in one.values.items()}) for one in sent}
    return {number for number, one in box.items() if walk(ruleset, HOOK, one).accepted}


def test_random_tables_do_in_the_kernel_what_is_proven_of_them(repository: Path) -> None:
    chance = Random(4)  # noqa: S311 - the same packets every time
    asked = [(table, frames(chance, FRAMES, PORTS)) for table in drawn()]
    passed = 0
    whole = [{one.number for one in sent if not one.values["later fragment"]} for _, sent in asked]
    for (table, sent), known, through in zip(asked, whole, kernel(repository, asked), strict=True):
        assert through & known == by_z3(table, sent) & known, table.script()
        assert through & known == by_proof(table, sent) & known, table.script()
        passed += len(through)
    assert len(asked) * FRAMES * 0.9 > passed > len(asked)
