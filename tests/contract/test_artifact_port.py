# SPDX-License-Identifier: Apache-2.0
"""One contract for every ArtifactPort (ports/artifacts.py), simulated or real."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from tests.contract import benches
from tests.contract.bench import Bench, documents

from ringfence.compile.document import Artifact, Kind
from ringfence.plan.change import Change
from ringfence.plan.compare import equal

SIMULATED = [
    pytest.param(make, id=make.__name__)
    for make in (
        benches.memory,
        benches.memory_bay,
        benches.memory_relays,
        benches.memory_outside,
        benches.boot,
        benches.hostnet,
    )
]
REAL = [
    pytest.param(make, id=make.__name__, marks=pytest.mark.integration)
    for make in (benches.fabric, benches.real_bay, benches.relays, benches.outside, benches.images, benches.libvirt)
]


@pytest.fixture(params=[*SIMULATED, *REAL])
def bench(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Bench]:
    with request.param(tmp_path) as made:
        yield made


def test_what_is_made_is_seen_as_it_was_compiled(bench: Bench) -> None:
    bench.make(bench.first)
    assert bench.differences(bench.first) == []


def test_making_it_again_is_harmless(bench: Bench) -> None:
    bench.make(bench.first)
    before = bench.observe()
    bench.make(bench.first)
    assert bench.observe() == before


def test_it_becomes_another_and_comes_back(bench: Bench) -> None:
    bench.make(bench.first)
    bench.bring(bench.second)
    assert bench.differences(bench.second) == []
    bench.bring(_with_grown_disks(bench))
    assert bench.differences(_with_grown_disks(bench)) == []


def test_after_counts_from_wherever_it_is(bench: Bench) -> None:
    """A change that calls itself a creation also mends what is there already."""
    bench.make(bench.first)
    wanted = documents(bench.second)
    bench.ensure(Change(one.document, None) for one in bench.first if one.address not in wanted)
    bench.make(bench.second)
    seen = bench.observe()
    for address, document in wanted.items():
        if document.kind is not Kind.RUN:  # a machine is restarted by an update, and was already running
            assert equal(document, seen.get(address), bench.tolerance), address


def test_what_is_removed_is_gone_and_again_is_harmless(bench: Bench) -> None:
    bench.make(bench.first)
    removals = [Change(document, None) for document in bench.observe().values()]
    bench.ensure(removals)
    assert bench.observe() == {}
    bench.ensure(removals)
    assert bench.observe() == {}


def test_removing_what_never_was_is_fine(bench: Bench) -> None:
    bench.ensure(Change(artifact.document, None) for artifact in bench.first)
    assert bench.observe() == {}


def test_removing_the_last_of_each_kind_leaves_the_others(bench: Bench) -> None:
    bench.make(bench.first)
    last = {artifact.document.kind: artifact for artifact in bench.first}
    loose = [artifact for kind, artifact in last.items() if kind in {Kind.CONDUIT, Kind.SEED, Kind.BOOT}]
    bench.ensure(Change(artifact.document, None) for artifact in loose)
    rest = [artifact for artifact in bench.first if artifact not in loose]
    assert bench.differences(rest) == []


def test_what_is_observed_is_enough_to_make_it_again(bench: Bench) -> None:
    """An undo has nothing else: documents hold all that is needed."""
    bench.make(bench.first)
    seen = bench.observe()
    kept = {address for address, document in seen.items() if document.kind in bench.lasting}
    bench.ensure(Change(document, None) for address, document in seen.items() if address not in kept)
    bench.ensure(Change(None, document) for address, document in seen.items() if address not in kept)
    assert bench.differences(bench.first) == []


def test_another_fabric_and_another_site_see_nothing_of_it(bench: Bench) -> None:
    bench.make(bench.first)
    copy = bench.observe(replace(bench.scope, fabric="copy"))
    assert {document.kind for document in copy.values()} <= {Kind.IMAGE}  # base images serve all fabrics of a site
    assert bench.observe(replace(bench.scope, site="rf-t-other")) == {}


def test_addresses_and_kinds_are_the_port_s_own(bench: Bench) -> None:
    bench.make(bench.first)
    for port in bench.ports:
        for address, document in port.observe(bench.scope).items():
            assert address == document.address
            assert document.kind in port.kinds


def _with_grown_disks(bench: Bench) -> list[Artifact]:
    """Disks grow and never shrink: the first version comes back with the second's disks."""
    second = documents(bench.second)
    return [
        replace(artifact, document=second.get(artifact.address, artifact.document))
        if artifact.document.kind is Kind.VOLUME
        else artifact
        for artifact in bench.first
    ]
