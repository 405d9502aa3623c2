# SPDX-License-Identifier: Apache-2.0
"""Two sites on one host: names that meet, subnets that are the same."""

from __future__ import annotations

from typing import Any

import pytest
from tests.unit.compile.domain_cases import GOLDEN, SITE
from tests.unit.drivers.test_libvirt_deadlines import Domain

from ringfence.base.errors import Refused
from ringfence.compile.scope import Scope
from ringfence.drivers.libvirt import LibvirtDriver
from ringfence.drivers.libvirt.connection import Connection

pytest.importorskip("libvirt")
OURS, OTHERS = Scope(SITE, "server1"), Scope("other", "server1")


class Namesake(Domain):
    """A machine of our site under a name that another site's workload has as well."""

    asked = f"{SITE}-plain"

    def name(self) -> str:
        return self.asked


class One:
    """A connection to a libvirt that has one domain, under whatever name is asked for."""

    def isAlive(self) -> int:  # noqa: N802 - libvirt's name
        return 1

    def lookupByName(self, name: str) -> Any:  # noqa: N802 - libvirt's name
        found = Namesake("plain", None)
        found.asked = name
        return found

    def listAllDomains(self) -> list[Any]:  # noqa: N802 - libvirt's name
        return [Namesake("plain", None)]


@pytest.fixture
def driver() -> LibvirtDriver:
    return LibvirtDriver(Connection(opener=lambda _uri: One()))


def test_another_site_s_machine_is_not_told_as_ours(driver: LibvirtDriver) -> None:
    assert driver.states(OURS, ("plain",))["plain"].state == "running"
    found = driver.states(OTHERS, ("plain",))["plain"]
    assert (found.state, found.detail) == ("missing", "the domain other-plain is not this site's")
    assert driver.observe(OTHERS) == {}


def test_nobody_is_attached_to_another_site_s_console(driver: LibvirtDriver) -> None:
    with pytest.raises(Refused, match="is not this site's"):
        driver.console(OTHERS, "plain")


def test_the_golden_case_is_the_site_s() -> None:
    assert f'site="{SITE}"' in (GOLDEN / "plain" / "9.0.dump.xml").read_text()
