# SPDX-License-Identifier: Apache-2.0
"""An island stands over a boot: what its boot files bring up carries the inside and nothing across the border."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from ipaddress import IPv4Address, IPv6Address
from pathlib import Path

import pytest
from tests import boot_case, factory
from tests.integration.boot.test_fabric_without_python import SCOPE, Host, plc_listens, read_register, started

from ringfence.compile.boot import boot_folder
from ringfence.compile.document import Document
from ringfence.compile.restrictions import UNRESTRICTED, Restrictions
from ringfence.compile.under import under
from ringfence.drivers.boot.driver import BootDriver
from ringfence.plan.change import Change
from ringfence.site.conduit import Endpoint
from ringfence.site.site import Site
from ringfence.site.workload import Interface

OUTSIDE = replace(boot_case.HISTORIAN, interfaces=(Interface("eth0", "dmz"),))


def site() -> Site:
    """Return the plant with the historian in another zone, and a conduit of its own to the PLC."""
    look = boot_case.poll("look", source=(Endpoint("workload", OUTSIDE.name),))
    found = boot_case.plant(boot_case.poll(), look, name=SCOPE.site)
    return replace(found, workloads={**found.workloads, OUTSIDE.name: OUTSIDE})


def boot_files(restrictions: Restrictions) -> Document:
    whole, names = site(), (boot_case.PLC, boot_case.SCADA, OUTSIDE)
    bindings = {one.name: factory.binding(one, 10 + number) for number, one in enumerate(names)}
    moved = replace(
        bindings[OUTSIDE.name].interfaces["eth0"], ipv4=IPv4Address("10.91.2.12"), ipv6=IPv6Address("fd91:0:0:2::12")
    )
    bindings[OUTSIDE.name] = replace(bindings[OUTSIDE.name], interfaces={"eth0": moved})
    return under(restrictions, boot_case.compiled_with(whole, SCOPE, bindings), whole, bindings, SCOPE)[-1].document


@pytest.fixture(params=["free", "island"])
def plant(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[bool, Host]]:
    island = request.param == "island"
    standing = Restrictions(islands=frozenset({"control"})) if island else UNRESTRICTED
    BootDriver(tmp_path).ensure(SCOPE, [Change(None, boot_files(standing))])
    with started(tmp_path / boot_folder(SCOPE).lstrip("/")) as host:
        yield island, host


def test_what_boots_carries_the_inside_and_nothing_across_the_border(plant: tuple[bool, Host]) -> None:
    island, host = plant
    plc_listens(host)
    assert read_register(host, SCOPE.stub("scada"))
    assert read_register(host, SCOPE.stub("a-historian")) is not island
