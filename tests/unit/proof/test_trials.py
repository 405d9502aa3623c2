# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

from collections import defaultdict

import pytest
from tests import factory
from tests.packets import bay, gathering
from tests.packets.promised import claims

from ringfence.compile.allocate import allocate
from ringfence.compile.bindings import Bindings
from ringfence.compile.document import Document, Kind
from ringfence.compile.fabric import fabric_artifacts
from ringfence.compile.scope import Scope
from ringfence.proof.trial.copy import Copy, sealed_copy
from ringfence.proof.trial.end import End
from ringfence.proof.trial.grid import pairs
from ringfence.proof.trial.ground import Ground, ground_of
from ringfence.proof.trial.quiver import Quiver
from ringfence.proof.trial.trials import trials
from ringfence.site.site import Site

NONCE = b"NONCE!!"


def documents(site: Site, bindings: Bindings, scope: Scope) -> dict[str, Document]:
    made = fabric_artifacts(site, frozenset(site.workloads), bindings, scope, factory.NOW)
    return {one.address: one.document for one in made}


@pytest.fixture
def yard() -> tuple[Site, Bindings, Copy, Ground]:
    site = bay.site()
    bindings, scope = bay.bindings(site), bay.scope()
    found = documents(site, bindings, scope)
    copy = sealed_copy(scope, found, {})
    return site, bindings, copy, ground_of(copy.ends, found)


def test_every_port_and_wire_has_an_end_and_a_stub(yard: tuple[Site, Bindings, Copy, Ground]) -> None:
    site, bindings, copy, _ = yard
    names = {one.name for one in copy.ends}
    assert names == {*(f"workload/{one}/eth0" for one in site.workloads), "wire/yard"}
    assert {one.mac for one in copy.ends if one.name.startswith("workload/")} == {
        bound.interfaces["eth0"].mac for bound in bindings.values()
    }
    stubs = [one.parts["stub/name"] for one in copy.documents if "stub/name" in one.parts]
    assert sorted(stubs) == sorted(one.link for one in copy.ends)
    assert copy.unbuilt == []


def test_each_packet_has_a_number_of_its_own_in_it(yard: tuple[Site, Bindings, Copy, Ground]) -> None:
    site, bindings, _, ground = yard
    found = trials(ground, claims(site, bindings), NONCE)
    frames = [one.sample for one in found if one.sample.frame]
    assert [one.sample.number for one in found] == list(range(len(found)))
    assert all(b"o" + NONCE + one.number.to_bytes(4, "big") in one.frame for one in frames)
    assert len({one.frame for one in frames}) == len(frames)


def test_every_claim_is_tried_and_every_pair_too(yard: tuple[Site, Bindings, Copy, Ground]) -> None:
    site, bindings, _, ground = yard
    wanted = claims(site, bindings)
    found = trials(ground, wanted, NONCE)
    promised = {(one.source, one.target) for one in wanted if not one.optional and one.source != one.target}
    kept = {(one.sample.source, end) for one in found for end in one.must}
    replies = {(end, one.sample.source) for one in found if one.back_must for end in one.must}
    assert promised <= kept | replies
    negative: dict[str, int] = defaultdict(int)
    for one in found:
        negative[one.sample.source] += not one.may
    assert all(negative[end.name] for end in ground.ends if end.name.startswith("workload/"))


def test_a_hundred_ends_are_not_tried_for_ever() -> None:
    site = gathering.site()
    bindings, _ = allocate(
        site,
        dict.fromkeys(site.workloads, factory.host_facts()),
        {},
        {},
        dict.fromkeys(site.workloads, gathering.scope()),
    )
    found = documents(site, bindings, gathering.scope())
    copy = sealed_copy(gathering.scope(), found, {})
    few = trials(ground_of(copy.ends, found), claims(site, bindings), NONCE)
    assert len(few) < 5000


def test_a_strange_port_and_a_lost_bridge_are_named() -> None:
    scope = Scope("works", "server1")
    link = Document(scope.address("link", "control"), Kind.LINK, {"bridge/name": "br", "bridge/strange/eth7": "port"})
    lost = Document(scope.address("link", "office"), Kind.LINK, {"leg/name": "leg"})
    copy = sealed_copy(scope, {one.address: one for one in (link, lost)}, {})
    assert [one.name for one in copy.ends] == ["strange/eth7"]
    assert [one.address for one in copy.unbuilt] == [link.address, lost.address]


@pytest.mark.parametrize(("most", "count"), [(10, 20), (40, 40), (80, 80), (1000, 120)])
def test_every_pair_is_tried_however_many_there_are(most: int, count: int) -> None:
    ends = [
        End(
            f"workload/w{one}/eth0",
            f"e{one}",
            f"52:54:00:00:00:{one:02x}",
            f"z{one}",
            (f"10.1.1.{one}", f"fd00::{one}"),
            "02:00:00:00:00:01",
        )
        for one in range(1, 6)
    ]
    quiver = Quiver(NONCE)
    pairs(quiver, Ground(ends), {}, most)
    assert len(quiver.samples) == count
    spoken = {(one.source, one.point.get("ip daddr", one.point.get("ip6 daddr", 0)) & 0xFF) for one in quiver.samples}
    assert len(spoken) == 20
