# SPDX-License-Identifier: Apache-2.0
"""Attack paths of recorded plants, as a person reads them, what is declared stands for what was found."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from tests import factory
from tests.unit.app.claims.test_doors import BUS, artifacts, bound
from tests.unit.compile.test_plants import site_of, told

from ringfence.app.claims import claims
from ringfence.app.claims.doors import declared_doors
from ringfence.app.intruder import assets_of
from ringfence.compile.scope import Endpoints, Scope
from ringfence.proof.flow import Flow, Reach
from ringfence.proof.intruder import paths, steps_of
from ringfence.proof.known import Holds, Known
from ringfence.proof.paths import Paths, Step
from ringfence.proof.reach import reach
from ringfence.proof.region import Region
from ringfence.proof.side import look

GOLDEN = Path(__file__).parents[3] / "golden" / "paths"
CASES = [
    ("waterworks", "workload/scada"),
    ("waterworks", "management"),
    ("outside", "uplink/plant"),
    ("outside", "asset/wall"),
    ("bay", "wire/yard"),
    ("gathering", "workload/boiler"),
]


def known_of(repository: Path, case: str) -> Known:
    site, facts = site_of(repository, case), told(case)
    scope = Scope(site.name, "server1", facts["fabric"], Endpoints(facts["endpoints"]))
    bindings = bound(site, scope)
    allowed = claims(site, frozenset(site.workloads), bindings, scope, factory.NOW)
    side = look(artifacts(site, scope), BUS)
    return Known(
        Reach(tuple(Flow(one.source, one.target, Region(one.box)) for one in allowed), side.doors, side.unread),
        allowed,
        declared_doors(site, site.workloads, bindings, scope),
        assets=assets_of(site, scope),
        workloads=tuple(site.workloads),
        barriers={name: {"seccomp filter": Holds.YES} for name in site.workloads},
    )


def lines(found: Paths) -> Iterator[str]:
    yield f"{found.held} can go on directly to"
    yield from (f"    {step.target}: {_step(step)}" for step in found.direct)
    yield "and gets at the easiest to"
    for route in found.routes:
        yield f"    {route.target} ({route.barriers} barriers): " + ", ".join(
            f"{step.how} {step.through} to {step.target}" for step in route.steps
        )
    yield f"Nothing leads to {', '.join(found.beyond) or 'nowhere'}."


def _step(step: Step) -> str:
    blocked = f" by {', '.join(step.blocked_by)}" if step.blocked_by else ""
    return f"{step.how}, {step.through}, {step.what} [{step.state}{blocked}]"


@pytest.mark.parametrize(("case", "held"), CASES)
def test_where_an_intruder_gets_in_a_plant(repository: Path, case: str, held: str, *, regenerate: bool) -> None:
    text = "".join(f"{line}\n" for line in lines(paths(held, known_of(repository, case))))
    file = GOLDEN / f"{case}-{held.replace('/', '-')}.txt"
    if regenerate:
        file.parent.mkdir(exist_ok=True)
        file.write_text(text)
    assert text == file.read_text()


@pytest.mark.parametrize("case", sorted({case for case, _ in CASES}))
def test_what_was_found_and_what_was_declared_give_the_same_steps(repository: Path, case: str) -> None:
    known, site = known_of(repository, case), site_of(repository, case)
    flows = reach(artifacts(site, Scope(site.name, "server1"))).flows
    assert flows != known.reach.flows
    assert steps_of(replace(known, reach=replace(known.reach, flows=flows))) == steps_of(known)


def test_an_asset_is_known_by_what_workloads_see_it_as(repository: Path) -> None:
    found = {one.asset: one for one in known_of(repository, "outside").assets}
    skids = {found["one"].ipv4, found["two"].ipv4}
    assert len(skids) == len({found["one"].uplink, found["two"].uplink}) == 2
    yard = {one.asset: one for one in known_of(repository, "bay").assets}
    assert yard["ied-1"].uplink == "wire/yard"
    assert yard["ied-1"].macs == ((0x02005E000001, 0x02005E000001),)
