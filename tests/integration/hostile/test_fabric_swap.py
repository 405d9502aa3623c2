# SPDX-License-Identifier: Apache-2.0
"""Two workloads swap their addresses: whichever of their conduits changes first, none takes the other's along."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
from tests.integration.fabric.stage import Stage, waterworks

from ringfence.compile.bindings import InterfaceBinding, WorkloadBinding
from ringfence.compile.document import Kind
from ringfence.plan.change import Change

ONE, OTHER = "plc-north", "plc-south"


@pytest.fixture
def stage() -> Iterator[Stage]:
    with waterworks("t-swap").standing() as found:
        yield found


def swapped(stage: Stage) -> list[Change]:
    """Let two workloads have each other's addresses, and return how that changes their conduits."""
    before = {one.address: one for one in stage.documents(Kind.CONDUIT)}
    one, other = (stage.bindings[name].interfaces["eth0"] for name in (ONE, OTHER))
    stage.bindings = {**stage.bindings, ONE: given(stage, ONE, one, other), OTHER: given(stage, OTHER, other, one)}
    after = {found.address: found for found in stage.documents(Kind.CONDUIT)}
    return [Change(before[name], after[name]) for name in after if before[name].parts != after[name].parts]


def given(stage: Stage, name: str, own: InterfaceBinding, other: InterfaceBinding) -> WorkloadBinding:
    return replace(stage.bindings[name], interfaces={"eth0": replace(own, ipv4=other.ipv4, ipv6=other.ipv6)})


def conduits(stage: Stage) -> dict[str, dict[str, str]]:
    seen = stage.driver.observe(stage.scope)
    return {address: dict(one.parts) for address, one in seen.items() if one.kind is Kind.CONDUIT}


@pytest.mark.parametrize("backwards", [False, True])
def test_each_conduit_changes_by_itself(stage: Stage, backwards: bool) -> None:
    changes = swapped(stage)
    assert len(changes) > 4
    old = conduits(stage)
    for change in sorted(changes, key=lambda one: one.address, reverse=backwards):
        stage.driver.ensure(stage.scope, [change])
    assert conduits(stage) == {one.address: dict(one.parts) for one in stage.documents(Kind.CONDUIT)}
    for change in sorted(changes, key=lambda one: one.address, reverse=not backwards):
        stage.driver.ensure(stage.scope, [change.reversed()])
    assert conduits(stage) == old
