# SPDX-License-Identifier: Apache-2.0
"""Islands and cuts of what is said to many: a member that is cut off gets no copy any more, the others go on."""

from __future__ import annotations

import pytest

from ringfence.compile.scope import Scope

from .conftest import Desk
from .test_emergency import busy_at

TOLD = """\
  drive: {zone: field, ipv4: 10.81.1.12, memory: 128 MiB, image: nano}
conduits:
  state:
    from: workload/plc
    to: [workload/scada, workload/drive]
    service: {protocol: udp, ports: 5000, reach: multicast, group: 239.1.1.1}
    reason: The PLC tells its state.
    owner: Control room
  state-too:
    from: workload/plc
    to: workload/scada
    service: {protocol: udp, ports: 5000, reach: multicast, group: 239.1.1.1}
    reason: The operators want it as well.
    owner: Operators
"""
SCADA, DRIVE = "10.81.2.11", "10.81.1.12"


@pytest.fixture
def gathered(desk: Desk) -> Desk:
    desk.change("conduits:\n", TOLD)
    assert desk("apply", "--yes", "--quiet").status == 0
    return desk


def members(desk: Desk, scope: Scope, conduit: str) -> set[str]:
    found = desk.host.artifacts.observe(scope).get(scope.address("relay", conduit))
    return {key.rpartition("/")[2] for key in (found.parts if found else ()) if key.startswith("rule/")}


def test_a_member_across_the_border_gets_no_copy_and_one_inside_does(gathered: Desk, scope: Scope) -> None:
    before = gathered.host.artifacts.observe(scope)
    assert members(gathered, scope, "state") == {SCADA, DRIVE}
    ran = gathered("island", "field")
    assert "plc -> scada udp 5000 multicast 239.1.1.1 state" in [" ".join(one.split()) for one in ran.out.splitlines()]
    assert members(gathered, scope, "state") == {DRIVE}
    assert members(gathered, scope, "state-too") == set()
    assert gathered("drift").status == 0
    assert gathered("release", "field").status == 0
    assert gathered.host.artifacts.observe(scope) == before


def test_while_another_job_holds_the_site_a_member_across_the_border_gets_no_copy(
    gathered: Desk, scope: Scope, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ringfence.app.effect.PATIENCE_S", 0.3)
    with busy_at(gathered):
        assert gathered("island", "field").status == 3
        assert members(gathered, scope, "state") == {DRIVE}
        assert members(gathered, scope, "state-too") == set()


def test_a_cut_says_to_whom_another_conduit_goes_on_copying(gathered: Desk, scope: Scope) -> None:
    ran = gathered("cut", "state")
    open_still = [" ".join(line.split()) for line in ran.out.partition("Still open")[2].splitlines()]
    assert "plc -> scada udp 5000 multicast 239.1.1.1 state-too" in open_still
    assert not [line for line in open_still if line.startswith("plc -> drive")]
    assert members(gathered, scope, "state-too") == {SCADA}
