# SPDX-License-Identifier: Apache-2.0
"""Uplinks' interfaces as facts: free on the host, then legs of the router and of translators, then free again."""

from __future__ import annotations

from tests import factory
from tests.integration.outside.grounds import Grounds, laid_out

from ringfence.assure.check import check
from ringfence.drivers.host.network import see_network
from ringfence.drivers.host.sysfs import Sysfs
from ringfence.facts.nic import Nic


def seen(grounds: Grounds) -> dict[str, Nic]:
    """Answer the interfaces of the host and those held by this site, by name or uplink; the rules accept them."""
    found, site = see_network(Sysfs()), grounds.stage.site
    facts = factory.host_facts(nics=found.nics, network=found.tools, at=factory.NOW)
    told = {one.id for one in check(site, {"server1": facts}, factory.NOW)}
    assert not told & {f"RF-UPL-{number:03}" for number in (1, 2, 3, 4, 5, 8, 11, 12, 13)}
    mine = {uplink.interface for uplink in site.uplinks.values()}
    return {nic.holder or nic.name: nic for nic in found.nics if nic.holder.startswith(site.name) or nic.name in mine}


def test_interfaces_are_known_where_they_lie_and_come_back_as_they_were() -> None:
    with laid_out("t-outside") as grounds:
        site = grounds.stage.site
        before = seen(grounds)
        assert set(before) == {uplink.interface for uplink in site.uplinks.values()}
        grounds.stage.up()
        held = seen(grounds)
        assert set(held) == {f"{site.name}/{name}" for name in site.uplinks}
        for name, uplink in site.uplinks.items():
            leg = held[f"{site.name}/{name}"]
            assert leg.mac == before[uplink.interface].mac
            assert leg.carrier
        grounds.stage.down()
        assert seen(grounds) == before
