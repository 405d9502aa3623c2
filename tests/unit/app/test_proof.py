# SPDX-License-Identifier: Apache-2.0
"""Whole plants: what their artifacts let happen is what their sites declare, both ways, and a difference is seen."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest
from tests import factory
from tests.integration.fabric.stage import Stage, waterworks
from tests.packets import bay, gathering, plant
from tests.packets.equal import differences

from ringfence.app.claims import claims
from ringfence.compile.document import Document, Kind
from ringfence.compile.scope import Endpoints, Scope
from ringfence.proof.flow import Claim
from ringfence.proof.reach import reach
from ringfence.site.loader import load
from ringfence.site.site import Site

FILES = (
    *(f"examples/{name}/site.yaml" for name in ("hospital", "line", "minimal", "substation", "waterworks")),
    "tests/golden/plants/bay/site.yaml",
    "tests/golden/plants/gathering/site.yaml",
    "tests/integration/outside/site.yaml",
    "tests/integration/outside/casts.yaml",
)


def stage(site: Site, fabric: str = "live", endpoints: Endpoints = Endpoints.STUB) -> Stage:
    return Stage(site, Scope(site.name, "server1", fabric, endpoints))


def declared(of: Stage) -> tuple[Claim, ...]:
    return claims(of.site, frozenset(of.site.workloads), of.bindings, of.scope, of.now)


def told(of: Stage) -> list[str]:
    found = reach(of.documents())
    assert found.unread == ()
    return differences(found.flows, declared(of))


@pytest.mark.parametrize("file", FILES)
@pytest.mark.parametrize("fabric", ["live", "drill"])
def test_a_plant_lets_happen_what_its_site_declares(repository: Path, file: str, fabric: str) -> None:
    path = repository / file
    site, problems = load(path.read_bytes(), file, str(path.parent), lambda one: Path(one).read_bytes())
    assert site is not None, problems
    host = next(iter(site.hosts))
    assert told(Stage(site, Scope(site.name, host, fabric, Endpoints.STUB))) == []


def test_plants_with_every_kind_of_conduit_do() -> None:
    for site in (waterworks("t-proof").site, bay.site(), gathering.site(), plant.site()):
        assert told(stage(site)) == []


def test_a_claim_less_is_an_undeclared_flow_and_a_claim_more_is_missing() -> None:
    of = waterworks("t-proof")
    flows, known = reach(of.documents()).flows, declared(of)
    for number, one in enumerate(known):
        if one.owner.startswith(("conduit/", "probe/")):
            left = [*known[:number], *known[number + 1 :]]
            kept = any(one.box.within(other.box) and one.source == other.source for other in left)
            assert kept or [line for line in differences(flows, left) if line.startswith("undeclared")], one
    turned = replace(known[0], source=known[0].target, target=known[0].source)
    assert [line.partition(":")[0] for line in differences(flows, (*known, turned))] == ["missing"]


def test_an_element_more_is_undeclared_and_one_less_is_missing() -> None:
    of = waterworks("t-proof")
    documents, known = of.documents(), declared(of)
    held = Counter(key for one in documents if one.kind is Kind.CONDUIT for key in one.parts)
    place, key = next(
        (number, key)
        for number, one in enumerate(documents)
        for key in one.parts
        if key.startswith("element/c4") and held[key] == 1
    )
    poll = documents[place]
    less = {name: value for name, value in poll.parts.items() if name != key}
    head, _, port = key.rpartition(" . ")
    more = {**poll.parts, f"{head} . {int(port) + 1}": poll.parts[key]}
    for parts, word in ((less, "missing"), (more, "undeclared")):
        changed = [*documents[:place], Document(poll.address, poll.kind, parts, poll.body), *documents[place + 1 :]]
        assert {line.partition(":")[0] for line in differences(reach(changed).flows, known)} == {word}


def test_a_running_grant_is_a_claim() -> None:
    of = waterworks("t-proof")
    opened = replace(of, site=_awake(of.site, "t-grant"))
    granted = claims(of.site, frozenset(of.site.workloads), of.bindings, of.scope, factory.NOW, grants=("t-grant",))
    assert differences(reach(opened.documents()).flows, granted) == []
    assert differences(reach(of.documents()).flows, granted) != []


def _awake(site: Site, conduit: str) -> Site:
    return replace(site, conduits={**site.conduits, conduit: replace(site.conduits[conduit], dormant=False)})
