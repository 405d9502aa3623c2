# SPDX-License-Identifier: Apache-2.0
"""What the algebra says a table lets pass is what z3 says it does: no packet more, and none less."""

from __future__ import annotations

import pytest
import z3
from hypothesis import HealthCheck, given, settings
from tests import factory
from tests.oracle.boxes import Limits, example, in_any, numbers
from tests.oracle.draw import HOOKS, Table, tables
from tests.oracle.meaning import accepted, passes
from tests.oracle.terms import packet, real
from tests.packets import bay, gathering, plant
from tests.packets.cases import bind
from tests.packets.ruleset import Ruleset
from tests.unit.compile import test_relays

from ringfence.compile.document import Document, Kind
from ringfence.compile.fabric import fabric_artifacts
from ringfence.proof import ruleset as proof
from ringfence.proof.box import Box
from ringfence.proof.evaluate import passed, walk
from ringfence.proof.region import Region

ADDRESS = "host/server1/live/table/router"


def read(table: Table) -> proof.Ruleset:
    found = proof.read([Document(ADDRESS, Kind.TABLE, table.parts())])
    assert found.unread == []
    return found


def script(text: str) -> Ruleset:
    rules = Ruleset()
    rules.load(text)
    return rules


def boxes(ruleset: proof.Ruleset, hook: str) -> list[Limits]:
    """Return what the proof lets pass."""
    return [box.limits for one in passed(ruleset, hook, [Region(Box({}))]) for box in one.region.boxes()]


def compare(ruleset: proof.Ruleset, rules: Ruleset, hook: str) -> None:
    """Compare what two readers let pass. Where fields are set, z3 has no inverse, and one direction is compared."""
    of = packet()
    ways, found = accepted(rules, hook, of), boxes(ruleset, hook)
    unknown = [z3.And(way.when, z3.Not(in_any(found, way.now))) for way in ways]
    more = example(real(of), z3.Or(z3.BoolVal(val=False), *unknown))
    assert more is None, f"passes {hook}, and the proof does not know: {more}"
    if all(way.now is of for way in ways):
        less = example(real(of), in_any(found, of), z3.Not(passes(ways)))
        assert less is None, f"is said to pass {hook}, and does not: {less}"


def agree(table: Table) -> None:
    ruleset, rules = read(table), script(table.script())
    for hook in HOOKS[table.family]:
        compare(ruleset, rules, hook)


@settings(max_examples=50)
@given(tables())
def test_the_proof_lets_pass_what_z3_says_passes(table: Table) -> None:
    agree(table)


@pytest.mark.slow
@settings(max_examples=600, suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(tables())
def test_the_proof_agrees_with_z3_on_many_tables(table: Table) -> None:
    agree(table)


@settings(max_examples=30)
@given(tables())
def test_one_packet_walks_as_z3_says(table: Table) -> None:
    ruleset, rules = read(table), script(table.script())
    for hook in HOOKS[table.family]:
        of = packet()
        for wanted in (passes(accepted(rules, hook, of)), z3.Not(passes(accepted(rules, hook, of)))):
            found = example(real(of), wanted)
            if found is not None:
                one = Box({name: ((value, value),) for name, value in numbers(found).items()})
                assert walk(ruleset, hook, one).accepted is (wanted.decl().kind() != z3.Z3_OP_NOT), (hook, found)


PLANTS = {
    "plant": (plant.site(), plant.scope(), bind),
    "gathering": (gathering.site(), gathering.scope(), test_relays.bind),
    "bay": (bay.site(), bay.scope(), bay.bindings),
}


@pytest.mark.parametrize("name", PLANTS)
def test_tables_of_plants_mean_the_same_to_both(name: str) -> None:
    site, scope, bound = PLANTS[name]
    made = [one.document for one in fabric_artifacts(site, frozenset(site.workloads), bound(site), scope, factory.NOW)]
    for end, kinds in (("/router", {Kind.CONDUIT}), ("/guard", {Kind.GUARD, Kind.FRAMES})):
        mine = [one for one in made if one.address.endswith(f"table{end}") or one.kind in kinds]
        ruleset, rules = proof.read(mine), script("".join(f"{one.body}\n" for one in mine))
        assert ruleset.unread == []
        for hook in sorted({one.hook for one in ruleset.chains.values() if one.hook}):
            compare(ruleset, rules, hook)
