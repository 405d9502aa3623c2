# SPDX-License-Identifier: Apache-2.0
"""Restrictions laid over a compiled plant: conduits go, boot files agree, and nothing else moves."""

from __future__ import annotations

from dataclasses import replace

from tests import boot_case, factory

from ringfence.compile.boot import read_body
from ringfence.compile.document import Artifact, Kind
from ringfence.compile.fabric import fabric_artifacts
from ringfence.compile.restrictions import Restrictions
from ringfence.compile.under import differing, under
from ringfence.site.conduit import Endpoint
from ringfence.site.site import Site
from ringfence.site.workload import Interface

SCOPE = factory.scope(site="works")
WORKLOADS = {"plc": boot_case.PLC, "scada": boot_case.SCADA, "a-historian": boot_case.HISTORIAN}


def laid(restrictions: Restrictions, site: Site | None = None) -> tuple[tuple[Artifact, ...], tuple[Artifact, ...]]:
    whole = site or boot_case.plant(name="works")
    found = boot_case.compiled(whole, SCOPE)
    bindings = {one: factory.binding(workload, 10 + n) for n, (one, workload) in enumerate(WORKLOADS.items())}
    return found, under(restrictions, found, whole, bindings, SCOPE)


def moved(restrictions: Restrictions) -> set[str]:
    before, after = laid(restrictions)
    return {name.split("/", 3)[3] for name in differing(before, after)}


def test_a_cut_conduit_changes_itself_and_the_boot_files_alone() -> None:
    assert moved(Restrictions(conduits=frozenset({"poll"}))) == {"conduit/poll", "boot/files"}


def test_boot_files_leave_out_what_is_cut_and_keep_the_rest() -> None:
    before, after = laid(Restrictions(conduits=frozenset({"poll"})))
    (old,), (new,) = ([one.document for one in found if one.document.kind is Kind.BOOT] for found in (before, after))
    files, units = read_body(new.body)
    assert "10.91.1.11 . 10.91.1.10 . tcp . 502" in read_body(old.body)[0]["router.nft"]
    assert "10.91.1.11 . 10.91.1.10 . tcp . 502" not in files["router.nft"]
    assert {**files, "router.nft": ""} == {**read_body(old.body)[0], "router.nft": ""}
    assert units == read_body(old.body)[1]
    assert new.parts.keys() == old.parts.keys()
    assert {key for key, value in new.parts.items() if old.parts[key] != value} == {"file/router.nft"}


def test_an_island_keeps_what_is_inside_and_its_probes() -> None:
    assert moved(Restrictions(islands=frozenset({"control"}))) == set()


def test_names_that_the_site_does_not_have_change_nothing() -> None:
    gone = frozenset({"gone"})
    assert moved(Restrictions(gone, gone, gone)) == set()


def test_without_restrictions_it_is_the_same() -> None:
    before, after = laid(Restrictions())
    assert before == after


def test_what_had_expired_stays_closed_and_what_was_open_can_be_cut() -> None:
    site = boot_case.plant(boot_case.poll(), boot_case.expired(), name="works")
    before, after = laid(Restrictions(conduits=frozenset({"poll"})), site)
    assert not [one for one in (*before, *after) if one.address.endswith("/conduit/old")]
    open_still = boot_case.plant(boot_case.poll(), replace(boot_case.expired(), expires=None), name="works")
    found = boot_case.compiled(open_still, SCOPE)
    bindings = {one: factory.binding(workload, 10 + n) for n, (one, workload) in enumerate(WORKLOADS.items())}
    cut = under(Restrictions(conduits=frozenset({"old"})), found, site, bindings, SCOPE)
    assert differing(found, cut) >= {SCOPE.address("conduit", "old")}


def test_a_machine_with_a_second_leg_outside_talks_to_nobody_there() -> None:
    legs = replace(boot_case.SCADA, interfaces=(Interface("eth0", "control"), Interface("eth1", "dmz")))
    historian = replace(boot_case.HISTORIAN, interfaces=(Interface("eth0", "dmz"),))
    conduits = (
        boot_case.poll(),
        boot_case.poll(
            "out",
            source=(Endpoint("workload", "scada", "eth1"),),
            target=(Endpoint("workload", "a-historian"),),
        ),
    )
    site = boot_case.plant(*conduits, name="works")
    site = replace(site, workloads={"a-historian": historian, "plc": boot_case.PLC, "scada": legs})
    bindings = {one.name: factory.binding(one, 10 + n) for n, one in enumerate((boot_case.PLC, legs, historian))}
    here = frozenset(site.workloads)
    for island, left in (("control", {"poll"}), ("dmz", {"out"})):
        made = fabric_artifacts(site, here, bindings, SCOPE, factory.NOW, Restrictions(islands=frozenset({island})))
        names = {one.address.rsplit("/", 1)[-1] for one in made if one.document.kind is Kind.CONDUIT}
        assert names - {"plc", "scada"} == left


def test_open_peers_of_another_zone_are_closed_to_who_is_on_an_island() -> None:
    legs = replace(boot_case.SCADA, interfaces=(Interface("eth0", "control"), Interface("eth1", "dmz")))
    historian = replace(boot_case.HISTORIAN, interfaces=(Interface("eth0", "dmz"),))
    zones = {"control": factory.zone(), "dmz": factory.zone("dmz", 2, peers="open")}
    workloads = {"a-historian": historian, "plc": boot_case.PLC, "scada": legs}
    site = replace(boot_case.plant(name="works"), zones=zones, workloads=workloads)
    bindings = {one.name: factory.binding(one, 10 + n) for n, one in enumerate((boot_case.PLC, legs, historian))}

    def rules(*islands: str) -> set[str]:
        restrictions = Restrictions(islands=frozenset(islands))
        made = fabric_artifacts(site, frozenset(workloads), bindings, SCOPE, factory.NOW, restrictions)
        (table,) = (one.document for one in made if one.address.endswith("table/router"))
        chain = "order/from_dmz"
        assert table.parts[chain].endswith("peers")
        assert {key.partition("addr-")[2] for key in table.parts if "rule/to_dmz" in key} >= _addresses(
            table.parts[chain]
        )
        return _addresses(table.parts[chain])

    assert rules() == set()
    assert rules("control") == {"10.91.2.11", "fd91:0:0:2::11"}  # scada's leg in the dmz
    assert rules("dmz") == set()
    assert rules("control", "dmz") == {"10.91.2.11", "fd91:0:0:2::11"}


def _addresses(order: str) -> set[str]:
    return {slug.partition("-")[2] for slug in order.split(", ") if slug.startswith(("saddr-", "daddr-"))}
