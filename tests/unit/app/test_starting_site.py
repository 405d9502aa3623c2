# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import re
from dataclasses import replace
from ipaddress import IPv4Interface, IPv4Network
from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from tests import factory

from ringfence.app.free_addresses import free_networks, private_prefix
from ringfence.app.starting_site import reserved_memory, starting_site
from ringfence.assure.check import check
from ringfence.base.names import NAME_PATTERN, is_name
from ringfence.facts.host import Acceleration, HostFacts, NumaNode
from ringfence.facts.nic import Nic
from ringfence.site.loader import load
from ringfence.site.site import Site

EXAMPLE = re.compile(r"^#(?! [^ ])")
NAMES = st.from_regex(NAME_PATTERN, fullmatch=True).filter(is_name)
PRIVATE = st.sampled_from([IPv4Network("10.0.0.0/8"), IPv4Network("172.16.0.0/12"), IPv4Network("192.168.0.0/16")])


@st.composite
def addresses(draw: st.DrawFn) -> str:
    network = draw(PRIVATE)
    first = int(network.network_address)
    chosen = draw(st.integers(first, first + network.num_addresses - 1))
    return str(IPv4Interface((chosen, draw(st.integers(12, 32)))))


NICS = st.builds(
    Nic,
    name=st.from_regex(r"(?!\.{1,2}$)[A-Za-z0-9_.@-]{1,15}", fullmatch=True),
    mac=st.just("02:00:00:00:00:01"),
    driver=st.sampled_from(["igb", "bridge", ""]),
    kind=st.sampled_from(["", "bridge", "bond", "vlan"]),
    carrier=st.sampled_from([True, False, None]),
    up=st.booleans(),
    addresses=st.lists(addresses(), max_size=2).map(tuple),
    speed=st.sampled_from([None, 1000]),
)
FACTS = st.builds(
    factory.host_facts,
    cores=st.integers(1, 512),
    memory_mib=st.integers(512, 1 << 22),
    nics=st.lists(NICS, max_size=4, unique_by=lambda nic: nic.name.lower()).map(tuple),
    numa=st.sampled_from([(), (NumaNode(0, (0,), 2048), NumaNode(1, (1,), 2048))]),
    acceleration=st.builds(Acceleration, st.sampled_from(["yes", "no", "unknown"]), st.just("It was tried.")),
    iommu=st.booleans(),
    systemd=st.booleans(),
)


def loaded(text: str) -> Site:
    site, wrong = load(text.encode())
    assert wrong == ()
    assert site is not None
    return site


def uncommented(text: str) -> str:
    return "\n".join(EXAMPLE.sub("", line) for line in text.splitlines())


@given(FACTS, NAMES)
def test_every_host_gets_a_site_that_loads_and_checks_clean(facts: HostFacts, name: str) -> None:
    facts = replace(facts, acceleration=Acceleration("yes", "It ran."))
    site = loaded(starting_site(facts, name))
    assert site.name == name
    assert site.owner == "Plant operations"
    assert check(site, {"server1": facts}, factory.NOW) == ()


@given(FACTS, NAMES)
def test_its_examples_load_when_they_are_taken_in(facts: HostFacts, name: str) -> None:
    site = loaded(uncommented(starting_site(facts, name)))
    assert sorted(site.zones) == ["control", "dmz", "operations", "supervision"]
    assert sorted(site.workloads) == ["scada", "station"]
    assert {conduit.name for conduit in site.conduits.values()} == {"engineering"}


def test_the_examples_break_no_rule_worse_than_low_on_a_good_host() -> None:
    good = factory.host_facts(
        acceleration=Acceleration("yes", "It ran."),
        features=frozenset({"own-uid"}),
        systemd=True,
        mandatory_access="apparmor",
        memory_mib=65536,
    )
    site = loaded(uncommented(starting_site(good, "plant")))
    found = check(site, {"server1": good}, factory.NOW)
    assert {one.severity for one in found} <= {"low", "info"}


def test_what_was_found_is_told() -> None:
    nics = (
        Nic("eno1", "02:00:00:00:00:01", "igb", up=True, addresses=("10.20.1.7/16",), speed=1000),
        Nic("eno2", "02:00:00:00:00:02", "igb", up=False),
        Nic("veth1", "02:00:00:00:00:03", "veth", kind="veth", up=True),
        Nic("plant.up", "02:00:00:00:00:04", "igb", up=True, holder="works/plant"),
    )
    text = starting_site(factory.host_facts(nics=nics, pool_free_mib=10240, cores=8), "plant")
    for words in (
        "- 8 cores, 4.0 GiB of memory (3.0 GiB free)",
        "KVM does not work, so workloads are emulated and slow. Tests run on software emulation.",
        "- no IOMMU",
        "- 10.0 GiB of disk space",
        "- eno1 (igb, 1000 Mbit/s, up): 10.20.1.7/16",
        "- eno2 (igb, down): no address",
        "reserved_cores: 1",
        "- plant.up (igb, up): uplink plant of site works",
        "#    interface: eno2",
        "#    ipv4: 10.21.1.0/24",
    ):
        assert words in text
    assert "veth1" not in text
    assert all(len(line) <= 110 for line in text.splitlines())


def test_free_interfaces_are_proposed_as_uplinks() -> None:
    def nic(name: str, **changes: Any) -> Nic:
        return Nic(name, "02:00:00:00:00:01", changes.get("kind", "igb"), **({"up": True} | changes))

    nics = (
        nic("eno1", addresses=("10.20.1.7/16",)),
        nic("eno2", carrier=False, up=False),
        nic("eno3", master="bond0"),
        nic("bond0", kind="bond"),
        nic("eno4"),
        nic("eno4.20", kind="vlan", parent="eno4"),
        nic("wlp1s0", wireless=True),
        nic("eno5", default_route=True),
        nic("plant.up", holder="works/plant"),
        nic("veth0", kind="veth"),
    )
    host = factory.host_facts(nics=nics)
    uplinks = loaded(uncommented(starting_site(host, "plant"))).uplinks
    assert [(one.interface, one.shared) for one in uplinks.values()] == [
        ("eno2", False),
        ("bond0", True),
        ("eno4.20", False),
    ]
    assert "interface: eno2             # igb, no cable" in starting_site(host, "plant")


@given(st.lists(NICS, max_size=6), st.integers(1, 8))
def test_free_networks_overlap_nothing_of_the_host(nics: list[Nic], count: int) -> None:
    found = free_networks(nics, count)
    assert len(set(found)) == count
    used = [IPv4Interface(address).network for nic in nics for address in nic.addresses]
    assert not any(network.overlaps(other) for network in found for other in used)


def test_a_host_that_uses_everything_still_gets_ranges() -> None:
    everywhere = Nic("eno1", "", "", up=True, addresses=("10.0.0.1/8", "172.16.0.1/12", "192.168.0.1/16"))
    assert len(free_networks([everywhere], 4)) == 4
    default = Nic("wg0", "", "wireguard", up=True, addresses=("10.0.0.1/0", "fd00::1/64"))
    assert free_networks([default], 1) == (IPv4Network("10.20.1.0/24"),)


@given(st.integers(256, 1 << 24))
def test_the_host_keeps_some_memory_and_leaves_some(memory: int) -> None:
    kept = reserved_memory(factory.host_facts(memory_mib=memory))
    assert 512 <= kept <= 8192
    assert memory < 1024 or kept <= memory // 2
    assert kept % 256 == 0


def test_private_prefixes_differ_by_name_and_stay() -> None:
    assert private_prefix("plant") == private_prefix("plant")
    assert private_prefix("plant") != private_prefix("other")
    assert private_prefix("plant").startswith("fd")


@given(st.text(st.characters(codec="utf-8", exclude_categories=["C", "Z"]), min_size=1, max_size=40))
def test_an_owner_may_have_any_name(owner: str) -> None:
    assert loaded(starting_site(factory.host_facts(), "plant", owner)).owner == owner
