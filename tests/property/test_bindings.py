# SPDX-License-Identifier: Apache-2.0
"""Laws of bindings: allocated once, kept through every edit, never shared."""

from __future__ import annotations

from dataclasses import replace
from ipaddress import IPv4Address, IPv4Network

from hypothesis import given
from hypothesis import strategies as st
from tests import factory

from ringfence.compile.allocate import FIRST_UID, allocate
from ringfence.compile.bindings import Bindings
from ringfence.facts.image import ImageFacts
from ringfence.site.site import Site
from ringfence.site.workload import Disk, Interface

IMAGES = {"nano": ImageFacts(factory.SHA, "qcow2", 64 << 20)}
names = st.sets(st.from_regex(r"[a-z][a-z0-9-]{0,12}", fullmatch=True), max_size=12)


def bind(site: Site, held: Bindings | None = None) -> Bindings:
    facts = dict.fromkeys(site.workloads, factory.host_facts())
    scopes = dict.fromkeys(site.workloads, factory.scope())
    bindings, clashes = allocate(site, facts, IMAGES, held or {}, scopes)
    assert clashes == ()
    return bindings


def plant(wanted: set[str]) -> Site:
    return factory.site([factory.workload(name) for name in sorted(wanted)])


@given(names, names)
def test_adding_and_removing_workloads_changes_no_other_one(first: set[str], second: set[str]) -> None:
    before = bind(plant(first))
    after = bind(plant(second), before)
    assert all(after[name] == before[name] for name in first & second)


@given(names)
def test_nothing_is_shared(wanted: set[str]) -> None:
    bindings = bind(plant(wanted)).values()
    nics = [nic for found in bindings for nic in found.interfaces.values()]
    for column in (
        [found.uuid for found in bindings],
        [found.uid for found in bindings],
        [nic.mac for nic in nics],
        [nic.ipv4 for nic in nics],
        [nic.ipv6 for nic in nics],
        [nic.tap for nic in nics],
    ):
        assert len(set(column)) == len(column)
    assert all(found.uid >= FIRST_UID for found in bindings)


@given(names)
def test_the_same_site_always_gets_the_same_bindings(wanted: set[str]) -> None:
    assert bind(plant(wanted)) == bind(plant(wanted))


def test_addresses_lie_in_the_zone_and_leave_the_gateway_alone() -> None:
    tiny = factory.zone(ipv4=IPv4Network("10.91.1.0/29"))
    site = factory.site([factory.workload(f"plc-{number}") for number in range(5)], [tiny])
    found = {nic.ipv4 for binding in bind(site).values() for nic in binding.interfaces.values()}
    assert found == {IPv4Address(f"10.91.1.{last}") for last in range(2, 7)}


def test_a_full_zone_is_a_diagnostic() -> None:
    tiny = factory.zone(ipv4=IPv4Network("10.91.1.0/30"), ipv6=None, gateway6=None)
    site = factory.site([factory.workload("a"), factory.workload("b")], [tiny])
    facts, scopes = factory.host_facts(), factory.scope()
    _, clashes = allocate(site, dict.fromkeys("ab", facts), IMAGES, {}, dict.fromkeys("ab", scopes))
    assert [(one.id, one.subject) for one in clashes] == [("RF-BIND-003", "workload/b")]


def test_a_declared_address_that_another_workload_holds_is_a_diagnostic() -> None:
    held = bind(plant({"scada"}))
    taken = held["scada"].interfaces["eth0"].ipv4
    newcomer = factory.workload("plc", interfaces=(Interface("eth0", "control", ipv4=taken),))
    site = factory.site([newcomer, factory.workload("scada")])
    facts, scopes = factory.host_facts(), factory.scope()
    workloads = ["plc", "scada"]
    _, clashes = allocate(site, dict.fromkeys(workloads, facts), IMAGES, held, dict.fromkeys(workloads, scopes))
    assert [one.id for one in clashes] == ["RF-BIND-001"]


def test_two_interfaces_with_one_mac_are_a_diagnostic() -> None:
    nic = Interface("eth0", "control", mac="52:54:00:00:00:01")
    site = factory.site([factory.workload("a", interfaces=(nic,)), factory.workload("b", interfaces=(nic,))])
    facts, scopes = factory.host_facts(), factory.scope()
    _, clashes = allocate(site, dict.fromkeys("ab", facts), IMAGES, {}, dict.fromkeys("ab", scopes))
    assert [one.id for one in clashes] == ["RF-BIND-002"]


def test_devices_keep_their_slots_when_others_come_and_go() -> None:
    lone = factory.workload("plc", disks=(Disk("root", image="nano"), Disk("data", size_mib=16)))
    before = bind(factory.site([lone]))
    more = replace(lone, disks=(Disk("log", size_mib=16), *lone.disks))
    after = bind(factory.site([more]), before)
    assert {key: after["plc"].slots[key] for key in before["plc"].slots} == before["plc"].slots
    assert len(set(after["plc"].slots.values())) == len(after["plc"].slots)


def test_a_newer_image_file_never_changes_an_old_disk() -> None:
    site = plant({"plc"})
    before = bind(site)
    facts, scopes = factory.host_facts(), factory.scope()
    newer = {"nano": ImageFacts("d" * 64, "qcow2", 64 << 20)}
    after, _ = allocate(site, {"plc": facts}, newer, before, {"plc": scopes})
    assert after["plc"].images == {"root": factory.SHA}
