# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import os
import signal
from collections.abc import Callable, Sequence

import pytest

from ringfence.app.place import Place
from ringfence.cli.root import place_for_root
from ringfence.compile.scope import Scope
from ringfence.plan.change import Change

from .conftest import Desk


def test_apply_says_what_it_does_and_what_came_of_it(desk: Desk) -> None:
    ran = desk("apply", "--yes")
    assert ran.status == 0
    assert "Done. Site works is what its file says:" in ran.out
    assert "Revision 1." in ran.out
    assert "start workload scada ... done" in ran.err
    assert "workload plc ... healthy" in ran.err


def test_quiet_says_the_result_only(desk: Desk) -> None:
    ran = desk("apply", "--yes", "--quiet")
    assert ran.err == ""
    assert len(ran.out.splitlines()) == 1


def test_a_second_apply_has_nothing_to_do(applied: Desk) -> None:
    ran = applied("apply", "--yes")
    assert ran.status == 0
    assert ran.out.startswith("Nothing to do")


def test_without_a_terminal_consent_is_needed_beforehand(desk: Desk) -> None:
    ran = desk("apply")
    assert ran.status == 2
    assert "ringfence apply --yes" in ran.err
    assert desk("plan", "--exit-code").status == 1


def test_the_plan_is_shown_before_it_is_asked_for(desk: Desk, answering: Callable[[bool], list[str]]) -> None:
    asked = answering(True)
    ran = desk("apply")
    assert ran.status == 0
    assert ran.out.index("Plan for site works") < ran.out.index("Done.")
    assert len(asked) == 1


def test_a_no_changes_nothing(desk: Desk, answering: Callable[[bool], list[str]]) -> None:
    answering(False)
    ran = desk("apply")
    assert ran.status == 1
    assert ran.out.endswith("Nothing was changed.\n")
    assert desk("plan", "--exit-code").status == 1


def test_json(desk: Desk) -> None:
    message = desk("apply", "--yes", "--json").message
    assert message["outcome"] == "done"
    assert {step["state"] for step in message["steps"]} == {"done"}


def test_a_failed_apply_tells_what_why_and_what_next(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RINGFENCE_FAULTS", "refuse:run/scada")
    ran = desk("apply", "--yes")
    assert ran.status == 3
    assert "start workload scada ... failed" in ran.err
    assert "Why: The tool refused" in ran.out
    assert "Not done. The apply of site works" in ran.out
    monkeypatch.delenv("RINGFENCE_FAULTS")
    assert desk("apply", "--yes").status == 0
    assert [one["state"] for one in desk("revisions", "--json").message["revisions"]] == ["applied", "failed"]


def test_a_person_stops_a_job_between_steps(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    from ringfence.drivers.memory.artifacts import MemoryArtifacts

    ensure = MemoryArtifacts.ensure

    def interrupted(self: MemoryArtifacts, scope: Scope, changes: Sequence[Change]) -> None:
        ensure(self, scope, changes)
        if not told:
            told.append("once")
            os.kill(os.getpid(), signal.SIGINT)

    told: list[str] = []
    monkeypatch.setattr(MemoryArtifacts, "ensure", interrupted)
    before = signal.getsignal(signal.SIGINT)
    ran = desk("apply", "--yes", "--workers", "1")
    assert ran.status == 130
    assert "stopped between steps, as you asked" in ran.out
    assert signal.getsignal(signal.SIGINT) is before
    assert desk("apply", "--yes").status == 0


def test_two_people_at_once(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    from ringfence.drivers.store.lock import FileLock
    from ringfence.drivers.system.clock import SystemClock

    desk("plan")
    with FileLock(Place.from_environment().site("works"), SystemClock()).hold("apply"):
        ran = desk("apply", "--yes")
    assert ran.status == 3
    assert "has been at work on this site" in ran.err


def test_only_root_may_touch_a_real_host(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("RINGFENCE_WORLD")
    monkeypatch.setattr("os.geteuid", lambda: 1000)
    monkeypatch.setattr("sys.argv", ["ringfence", "apply", "my site.yaml"])
    ran = desk("apply", "--yes")
    assert ran.status == 3
    assert "Only root can change what runs here." in ran.err
    assert "sudo ringfence apply 'my site.yaml'" in ran.err
    for program in ("/opt/plant/.venv/bin/ringfence", ".venv/bin/ringfence"):
        monkeypatch.setattr("sys.argv", [program, "status"])
        assert f"sudo {program} status" in desk("status").err
    monkeypatch.setattr("sys.argv", ["/usr/local/bin/ringfence", "status"])
    assert "sudo ringfence status" in desk("status").err


def test_root_finds_the_administrators_tools(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("os.geteuid", lambda: 0)
    monkeypatch.setattr("os.umask", lambda mask: mask)
    monkeypatch.setenv("PATH", "/usr/local/bin:/usr/bin:/bin")  # after su, or sudo with the person's own PATH
    place_for_root("look")
    assert os.environ["PATH"].startswith("/usr/local/bin:/usr/bin:/bin:")
    assert "/usr/sbin" in os.environ["PATH"].split(":")
