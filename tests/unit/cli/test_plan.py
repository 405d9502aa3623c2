# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

from .conftest import Desk


def test_a_first_plan_says_what_is_made_which_flows_open_and_why(desk: Desk) -> None:
    ran = desk("plan")
    assert ran.status == 0
    for told in (
        "Created:",
        "workload scada: disk",
        "because site.yaml:",
        "Flows that open (+) and close (-):",
        "scada -> plc",
        "tcp 502",
        "The operators see levels.",
        "and the probes of 1 workload",
    ):
        assert told in ran.out
    assert "Restarted:" not in ran.out


def test_a_plan_changes_nothing(desk: Desk) -> None:
    assert desk("plan").out == desk("plan").out
    assert desk("status").status == 2


def test_exit_status_on_request(desk: Desk) -> None:
    assert desk("plan", "--exit-code").status == 1
    assert desk("apply", "--yes").status == 0
    ran = desk("plan", "--exit-code")
    assert ran.status == 0
    assert ran.out.startswith("Nothing to change")


def test_impact_is_spelled_out(applied: Desk) -> None:
    applied.change("memory: 128 MiB", "memory: 192 MiB")
    ran = applied("plan")
    assert "Restarted:" in ran.out
    assert "restart of an essential function" in ran.out
    assert "Essential functions are among them, and the site gave no consent: plc." in ran.out


def test_verbose_tells_every_part(applied: Desk) -> None:
    applied.change("memory: 128 MiB", "memory: 192 MiB")
    assert "'memory' is 128 MiB, the site says 192 MiB." in applied("plan", "--verbose").out


def test_closing_flows(applied: Desk) -> None:
    applied.change("service: modbus", "service: https")
    ran = applied("plan")
    shown = [" ".join(line.split()) for line in ran.out.splitlines()]
    assert "- scada -> plc tcp 502 poll The operators see levels." in shown
    assert "+ scada -> plc tcp 443 poll The operators see levels." in shown


def test_json(desk: Desk) -> None:
    message = desk("plan", "--json").message
    assert message["created"] > 0
    assert {step["kind"] for step in message["steps"]} >= {"run", "domain", "conduit"}
    assert message["flows"][0]["reason"] == "The operators see levels."


def test_a_kept_plan_is_applied_exactly(desk: Desk) -> None:
    ran = desk("plan", "--out", "plan.json")
    assert "ringfence apply plan.json" in ran.err
    assert (desk.folder / "plan.json").stat().st_mode & 0o777 == 0o600
    assert desk("apply", "plan.json", "--yes").status == 0
    assert desk("status", "--exit-code").status == 0


def test_a_kept_plan_is_refused_when_the_world_moved(desk: Desk) -> None:
    desk("plan", "--out", "plan.json")
    assert desk("apply", "--yes").status == 0
    ran = desk("apply", "plan.json", "--yes")
    assert ran.status == 3
    assert "Make a new plan with 'ringfence plan" in ran.err


def test_an_edited_plan_is_refused(desk: Desk) -> None:
    desk("plan", "--out", "plan.json")
    path = desk.folder / "plan.json"
    path.write_text(path.read_text().replace("10.81.1.11", "10.81.1.12"))
    ran = desk("apply", "plan.json", "--yes")
    assert ran.status == 2
    assert "changed after it was made" in ran.err


def test_a_site_that_errors_refuse_gets_no_plan(desk: Desk) -> None:
    desk.change("tolerable_loss: 30s", "tolerable_loss: 30 parsecs")
    assert desk("plan").status == 2


def test_plans_of_an_applied_site_need_no_file(applied: Desk) -> None:
    applied.file.unlink()
    assert applied("plan", "--name", "works").out.startswith("Nothing to change")
