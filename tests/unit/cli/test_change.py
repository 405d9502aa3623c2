# SPDX-License-Identifier: Apache-2.0
"""Everything but apply that changes the plant: power, grants, revert, destroy."""

from __future__ import annotations

from collections.abc import Callable

from .conftest import Desk


def _states(desk: Desk) -> dict[str, str]:
    return {one["name"]: one["state"] for one in desk("status", "--json").message["workloads"]}


def test_stop_start_restart(applied: Desk) -> None:
    assert applied("stop", "scada", "--yes").status == 0
    assert _states(applied) == {"plc": "running", "scada": "stopped"}
    assert applied("start", "scada").status == 0
    assert _states(applied) == {"plc": "running", "scada": "running"}
    assert applied("restart", "scada", "--yes").status == 0
    assert applied("start", "scada").out.startswith("Nothing to do")


def test_stopping_asks_and_starting_does_not(applied: Desk, answering: Callable[[bool], list[str]]) -> None:
    asked = answering(False)
    assert applied("stop", "plc").status == 1
    assert _states(applied)["plc"] == "running"
    applied("start", "plc")
    assert len(asked) == 1


def test_unknown_workloads_name_the_known_ones(applied: Desk) -> None:
    for ran in (applied("start", "nobody"), applied("console", "nobody")):
        assert ran.status == 2
        assert "plc, scada" in ran.err


def test_grant_and_close(applied: Desk) -> None:
    ran = applied("grant", "vendor", "--for", "30m")
    assert ran.status == 0
    assert "Conduit vendor is open for 30 min, until " in ran.out
    assert "vendor: open for another" in applied("status").out
    assert applied("grant", "vendor", "--for", "60s", "--json").message["seconds"] == 60
    assert "is closed" in applied("close", "vendor").out
    assert "Grants that run" not in applied("status").out


def test_grants_that_cannot_be(applied: Desk) -> None:
    assert applied("grant", "poll", "--for", "30m").status == 2
    assert applied("grant", "nothing", "--for", "30m").status == 2
    assert applied("grant", "vendor", "--for", "30").status == 2
    assert applied("grant", "vendor", "--for", "99d").status == 2
    assert "vendor" in applied("close", "nothing").err


def test_a_standing_conduit_is_not_closed_but_cut(applied: Desk) -> None:
    ran = applied("close", "poll")
    assert ran.status == 2
    assert "ringfence cut poll" in ran.err
    assert applied("drift").status == 0


def test_revert_goes_back(applied: Desk) -> None:
    applied.change("service: modbus", "service: https")
    assert applied("apply", "--yes").status == 0
    ran = applied("revert", "1", "--yes")
    assert ran.status == 0
    assert "Revision 3." in ran.out
    shown = [" ".join(line.split()) for line in applied("plan").out.splitlines()]
    assert "+ scada -> plc tcp 443 poll The operators see levels." in shown


def test_revert_to_nothing(applied: Desk) -> None:
    ran = applied("revert", "9", "--yes")
    assert ran.status == 2
    assert "revision" in ran.err.lower()


def test_revert_asks(applied: Desk, answering: Callable[[bool], list[str]]) -> None:
    applied.change("service: modbus", "service: https")
    applied("apply", "--yes")
    asked = answering(False)
    assert applied("revert", "1").status == 1
    assert len(asked) == 1


def test_destroy_keeps_data_unless_told(applied: Desk) -> None:
    ran = applied("destroy", "--yes", "site.yaml")
    assert ran.status == 0
    assert "--destroy-data plc/root" in ran.out
    assert "is gone, except for what is kept" in ran.out
    ran = applied("destroy", "--yes", "--destroy-data", "plc", "--destroy-data", "scada", "--forget")
    assert ran.status == 0
    assert not (applied.folder / "state" / "works").exists()


def test_destroy_everything_again_and_again(applied: Desk) -> None:
    told = [applied("destroy", "--yes", "--all-data", "--forget", "site.yaml") for _ in range(2)]
    assert [ran.status for ran in told] == [0, 0]
    assert "Nothing to do: site works is gone already." in told[1].out
    assert applied("plan", "--exit-code").status == 1


def test_destroy_asks_and_shows(applied: Desk, answering: Callable[[bool], list[str]]) -> None:
    answering(False)
    ran = applied("destroy")
    assert ran.status == 1
    assert "stop workload plc" in ran.out or "workload plc" in ran.out
    assert "Stops: " in ran.out
    assert _states(applied)["plc"] == "running"


def test_lost_data_is_shouted(applied: Desk, answering: Callable[[bool], list[str]]) -> None:
    answering(False)
    assert "DATA IS LOST FOR GOOD" in applied("destroy", "--all-data").out


def test_boot_files(applied: Desk) -> None:
    ran = applied("boot-files", "--to", "boot")
    assert ran.status == 0
    assert (applied.folder / "boot" / "up.sh").stat().st_mode & 0o777 == 0o700
    assert "sh boot/up.sh" in ran.out
    assert applied("boot-files").status == 0
    assert applied("boot-files", "--json").message["command"].startswith("sh /etc/ringfence/works/")
