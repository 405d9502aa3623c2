# SPDX-License-Identifier: Apache-2.0
"""Every sort of definition goes to the real libvirt and comes back: nothing lost, nothing added but the tolerated."""

from __future__ import annotations

import os
from collections.abc import Iterator

import libvirt
import pytest
from tests.unit.compile.domain_cases import GOLDEN, SITE, VERSIONS, WORKLOADS, compiled

from ringfence.compile.document import Kind
from ringfence.compile.domain import tolerated
from ringfence.compile.scope import Scope
from ringfence.drivers.libvirt import LibvirtDriver
from ringfence.facts.host import HostFacts, Versions
from ringfence.plan.change import Change

SCOPE = Scope(SITE, "server1")


def _version(number: int) -> tuple[int, ...]:
    return (number // 1_000_000, number // 1000 % 1000, number % 1000)


@pytest.fixture(scope="module")
def here() -> tuple[str, HostFacts]:
    """The supported version that runs here, and its facts."""
    connection = libvirt.open("qemu:///system")
    found = _version(connection.getLibVersion())
    connection.close()
    name = f"{found[0]}.{found[1]}"
    if name not in VERSIONS:
        pytest.skip(f"libvirt {name} is not among the recorded ones")
    return name, VERSIONS[name]


@pytest.fixture
def driver() -> Iterator[LibvirtDriver]:
    made = LibvirtDriver()
    yield made
    for document in made.observe(SCOPE).values():
        made.ensure(SCOPE, [Change(document, None)])


@pytest.mark.parametrize("case", WORKLOADS)
def test_define_then_observe_is_equal_up_to_tolerance(
    case: str, here: tuple[str, HostFacts], driver: LibvirtDriver
) -> None:
    version, facts = here
    wanted = compiled(case, facts)
    driver.ensure(SCOPE, [Change(None, wanted)])
    driver.ensure(SCOPE, [Change(None, wanted)])
    found = driver.observe(SCOPE)[wanted.address]
    recorded = GOLDEN / case / f"{version}.dump.xml"
    if os.environ.get("RINGFENCE_GOLDEN") == "write":
        recorded.write_text(found.body, encoding="utf-8")
    assert found.body == recorded.read_text(encoding="utf-8")

    tolerance = tolerated(Versions(facts.versions.libvirt, (), (), ()))
    assert {key: found.parts.get(key) for key in wanted.parts} == dict(wanted.parts)
    extra = {key: value for key, value in found.parts.items() if key not in wanted.parts}
    assert {key: value for key, value in extra.items() if not tolerance.allows(Kind.DOMAIN, key, value)} == {}

    driver.ensure(SCOPE, [Change(found, None)])
    driver.ensure(SCOPE, [Change(found, None)])
    assert wanted.address not in driver.observe(SCOPE)


def test_a_new_uuid_takes_the_place_of_the_old_one(here: tuple[str, HostFacts], driver: LibvirtDriver) -> None:
    old = compiled("uefi", here[1])
    new = compiled("uefi", here[1], uuid="6f1e1d3c-0000-8000-8000-0000000000ff")
    driver.ensure(SCOPE, [Change(None, old)])
    driver.ensure(SCOPE, [Change(old, new)])
    assert driver.observe(SCOPE)[new.address].parts["uuid"] == new.parts["uuid"]


def test_what_libvirt_gave_back_can_be_defined_again(here: tuple[str, HostFacts], driver: LibvirtDriver) -> None:
    """Undo gives back what was observed."""
    wanted = compiled("full", here[1])
    driver.ensure(SCOPE, [Change(None, wanted)])
    found = driver.observe(SCOPE)[wanted.address]
    driver.ensure(SCOPE, [Change(wanted, found)])
    assert driver.observe(SCOPE)[wanted.address] == found
