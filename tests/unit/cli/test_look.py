# SPDX-License-Identifier: Apache-2.0
"""status, drift, revisions: what a person sees of a plant that runs."""

from __future__ import annotations

from ringfence.compile.scope import Scope

from .conftest import Desk


def test_status_shows_every_workload(applied: Desk) -> None:
    ran = applied("status")
    assert ran.status == 0
    assert ran.out.startswith("SIMULATED: ")
    shown = [line.split() for line in ran.out.splitlines()]
    assert ["ok", "field", "plc", "running", "healthy", "10.81.1.11", "-", "now", "never"] in shown
    assert "2 healthy." in ran.out


def test_status_as_json(applied: Desk) -> None:
    message = applied("status", "--json").message
    assert message["version"] == 1
    assert [(one["name"], one["zone"], one["state"], one["health"]) for one in message["workloads"]] == [
        ("plc", "field", "running", "healthy"),
        ("scada", "supervision", "running", "healthy"),
    ]
    assert message["simulated"] is True


def test_a_sick_workload_is_told(applied: Desk, scope: Scope) -> None:
    applied.host.sick(scope, "plc")
    ran = applied("status", "--exit-code")
    assert ran.status == 1
    assert "plc: " in ran.out


def test_status_of_what_was_never_applied(desk: Desk) -> None:
    ran = desk("status")
    assert ran.status == 2
    assert "never applied" in ran.err


def test_status_works_while_the_file_is_being_edited(applied: Desk) -> None:
    applied.change("level: 1", "level: [")
    applied.file.write_text(applied.file.read_text() + "unknown: thing\n")
    assert applied("status", "--name", "works").status == 0
    applied.change("level: [", "levle: 1")
    assert applied("status").status == 0


def test_without_a_file_the_only_applied_site_is_meant(applied: Desk) -> None:
    applied.file.unlink()
    assert "Site works" in applied("status").out


def test_an_unknown_name_lists_the_known_ones(applied: Desk) -> None:
    ran = applied("status", "--name", "wrong")
    assert ran.status == 2
    assert "Applied here: works." in ran.err
    assert not (applied.folder / "state" / "wrong").exists()


def test_drift(applied: Desk) -> None:
    assert applied("drift").out.startswith("No drift")
    from ringfence.cli.main import run

    assert run(["stop", "scada", "--yes", "-q"]) == 0
    ran = applied("drift")
    assert ran.status == 1
    assert "scada" in ran.out
    assert "'ringfence apply' puts it right" in ran.out
    assert applied("drift", "--json").message["drift"][0]["sentences"]
    assert "from revision 1" in applied("status").out


def test_revisions(applied: Desk) -> None:
    applied.change("memory: 128 MiB", "memory: 192 MiB")
    applied("apply", "--yes")
    ran = applied("revisions")
    shown = [line.split() for line in ran.out.splitlines()]
    assert shown[1][:2] == ["*", "2"]
    assert shown[2][0] == "1"
    assert [one["number"] for one in applied("revisions", "--json").message["revisions"]] == [2, 1]
