# SPDX-License-Identifier: Apache-2.0
"""Assets may lie within one another: every address belongs to exactly one of them, the smallest that names it."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv4Network, IPv6Network, ip_network

from hypothesis import given
from hypothesis import strategies as st
from tests import factory

from ringfence.compile.fabric.ranges import own_ranges
from ringfence.site.asset import Asset
from ringfence.site.site import Site

Network = IPv4Network | IPv6Network
WHOLE: dict[str, Network] = {"4": ip_network("10.9.0.0/27"), "6": ip_network("fd09::/123")}
"""Small enough to ask for every address."""


@st.composite
def networks(draw: st.DrawFn) -> Network:
    whole = WHOLE[draw(st.sampled_from("46"))]
    length = draw(st.integers(whole.prefixlen, whole.max_prefixlen))
    found: list[Network] = list(whole.subnets(new_prefix=length))
    return draw(st.sampled_from(found))


def plant(found: list[Network], seen: bool) -> Site:
    assets = {}
    for number, one in enumerate(found):
        four, six = ((one,), ()) if isinstance(one, IPv4Network) else ((), (one,))
        told = one if seen and isinstance(one, IPv4Network) else None
        real = (IPv4Network((IPv4Address("192.168.0.0"), told.prefixlen)),) if told else four
        assets[f"a{number}"] = Asset(f"a{number}", "control", "plant", ipv4=real, ipv6=six, seen_as=told)
    return factory.site((), [factory.zone()], assets=assets)


@given(st.lists(networks(), min_size=1, max_size=8, unique=True), st.booleans())
def test_every_address_belongs_to_the_smallest_asset_that_names_it(found: list[Network], seen: bool) -> None:
    ranges = own_ranges(plant(found, seen))
    for whole in WHOLE.values():
        for one in whole:
            names = [name for name, own in ranges.items() if any(one in net for net in own)]
            inside = [(net.num_addresses, f"a{number}") for number, net in enumerate(found) if one in net]
            assert names == [name for _, name in sorted(inside)[:1]]
