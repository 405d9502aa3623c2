# SPDX-License-Identifier: Apache-2.0
"""Islands, cuts and holds on the simulated host: they stand over everything until somebody releases them by name."""

from __future__ import annotations

import multiprocessing
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from ringfence.cli.main import run
from ringfence.compile.boot import read_body
from ringfence.compile.document import Document, Kind
from ringfence.compile.scope import Scope
from ringfence.drivers.memory.artifacts import MemoryArtifacts
from ringfence.drivers.memory.grants import MemoryGrants
from ringfence.drivers.store.bell import FileBell
from ringfence.drivers.store.database import open_store
from ringfence.drivers.store.lock import FileLock
from ringfence.drivers.system.clock import SystemClock
from ringfence.plan.change import Change
from ringfence.ports.restrictions import Restriction

from .conftest import Desk


def stands(desk: Desk, scope: Scope, *names: str) -> bool:
    return scope.address(*names) in desk.host.artifacts.observe(scope)


def boots_with(desk: Desk, scope: Scope, conversation: str) -> bool:
    boot = desk.host.artifacts.observe(scope)[scope.address("boot", "files")]
    return conversation in read_body(boot.body)[0]["router.nft"]


POLL = "10.81.2.11 . 10.81.1.11 . tcp . 502"


def test_an_island_ends_what_crosses_and_says_so(applied: Desk, scope: Scope) -> None:
    ran = applied("island", "field", "--reason", "malware")
    assert ran.status == 0
    assert ran.out.startswith("Zone field is an island (since ")
    lines = [" ".join(line.split()) for line in ran.out.splitlines()]
    assert "!! workload/plc control poll" in lines
    assert "scada -> plc tcp 502 poll" in lines
    assert "Cannot be granted meanwhile: vendor." in lines
    assert "Together on the island: plc." in lines
    assert lines[-1] == "Undo it with: ringfence release island/field"
    assert not stands(applied, scope, "conduit", "poll")
    assert not stands(applied, scope, "conduit", "vendor")
    assert stands(applied, scope, "conduit", "probe", "plc")
    assert not boots_with(applied, scope, POLL)


def test_what_is_released_is_as_before(applied: Desk, scope: Scope) -> None:
    before = applied.host.artifacts.observe(scope)
    applied("island", "field")
    applied("cut", "poll")
    assert applied("release", "island/field").status == 0
    assert not stands(applied, scope, "conduit", "poll")  # the cut stands on
    assert stands(applied, scope, "conduit", "vendor")
    ran = applied("release", "cut/poll")
    assert "scada -> plc  tcp 502  poll" in ran.out
    assert applied.host.artifacts.observe(scope) == before
    assert applied("drift").status == 0


def test_it_stands_over_apply_and_revert_and_is_no_drift(applied: Desk, scope: Scope) -> None:
    applied("island", "field")
    assert applied("drift").status == 0
    assert applied("apply", "--yes").out.startswith("Nothing to do")
    applied.change("The operators see levels.", "The operators see levels and pumps.")
    assert applied("apply", "--yes").status == 0
    assert not stands(applied, scope, "conduit", "poll")
    assert applied("revert", "1", "--yes").status == 0
    assert not stands(applied, scope, "conduit", "poll")
    assert not boots_with(applied, scope, POLL)
    assert applied("drift").status == 0


def test_new_conduits_that_cross_do_not_open_and_open_with_the_release(applied: Desk, scope: Scope) -> None:
    applied("island", "field")
    applied.change("conduits:\n", "conduits:\n  page: {from: workload/scada, to: workload/plc, service: https, ")
    applied.change("service: https, ", "service: https, reason: Pages are read., owner: Control room}\n")
    ran = applied("plan")
    assert "ZONE FIELD IS AN ISLAND" in ran.out
    assert applied("apply", "--yes").status == 0
    assert not stands(applied, scope, "conduit", "page")
    applied("release", "field")
    assert stands(applied, scope, "conduit", "page")
    assert stands(applied, scope, "conduit", "poll")


def test_nothing_else_that_drifted_is_touched(applied: Desk, scope: Scope) -> None:
    run = scope.address("run", "scada")
    applied("stop", "scada", "--yes")
    applied("island", "field")
    assert run not in applied.host.artifacts.observe(scope)
    applied("release", "island/field")
    assert run not in applied.host.artifacts.observe(scope)


def test_a_grant_ends_with_the_island_and_is_refused_with_the_reason(applied: Desk) -> None:
    applied("grant", "vendor", "--for", "30m")
    applied("island", "field")
    ran = applied("grant", "vendor", "--for", "30m")
    assert ran.status == 3
    assert "closed by island/field by " in ran.err
    assert "ringfence release island/field" in ran.err
    applied("release", "island/field")
    assert applied("grant", "vendor", "--for", "30m").status == 0


def test_a_cut_says_where_the_conversation_goes_on(applied: Desk, scope: Scope) -> None:
    applied.change("conduits:\n", "conduits:\n  again: {from: workload/scada, to: workload/plc, service: modbus, ")
    applied.change("service: modbus, ", "service: modbus, reason: It is read twice., owner: Control room}\n")
    assert applied("apply", "--yes").status == 0
    ran = applied("cut", "conduit/poll")
    assert "Still open, because another conduit names them as well:" in ran.out
    assert stands(applied, scope, "conduit", "again")
    told = applied("cut", "again", "--json").message
    assert told["elsewhere"] == []
    assert [one["conduit"] for one in told["ended"]] == ["conduit/again"]


def test_status_and_the_list_show_what_stands(applied: Desk) -> None:
    assert "Nothing is restricted" in applied("release").out
    applied("island", "field", "--reason", "malware")
    applied("cut", "poll")
    applied("hold")
    shown = applied("status").out
    assert shown.index("ZONE FIELD IS AN ISLAND") < shown.index("CONDUIT POLL IS CUT") < shown.index("WORKLOAD")
    assert "THE SITE IS ON HOLD" in shown
    told = applied("status", "--json").message["restrictions"]
    assert [one["name"] for one in told] == ["island/field", "cut/poll", "hold"]
    assert told[0]["reason"] == "malware"
    assert [one["name"] for one in applied("release", "--json").message["restrictions"]] == [
        one["name"] for one in told
    ]


def test_a_second_time_changes_nothing_and_keeps_the_first_word(applied: Desk) -> None:
    first = applied("island", "field", "--reason", "first", "--json").message
    again = applied("island", "field", "--reason", "second", "--json").message
    assert (first["again"], again["again"]) == (False, True)
    assert again["restriction"] == first["restriction"]
    assert again["ended"] == first["ended"]


def test_names_that_are_none(applied: Desk) -> None:
    assert "field, supervision" in applied("island", "nowhere").err
    assert "poll, vendor" in applied("cut", "nothing").err
    assert applied("release", "island/field").status == 2
    applied("island", "field")
    assert "island/field" in applied("release", "nothing").err


def test_a_site_without_what_is_restricted_is_refused(applied: Desk) -> None:
    applied("cut", "poll")
    applied.change("  poll:\n", "  polling:\n")
    ran = applied("apply", "--yes")
    assert ran.status == 2
    assert "ringfence release cut/poll" in ran.err


def test_it_needs_no_site_file(applied: Desk, scope: Scope) -> None:
    applied.file.unlink()
    assert applied("island", "field").status == 0
    assert not stands(applied, scope, "conduit", "poll")


OUTSIDE = """\
uplinks:
  plant: {host: server1, interface: eth9, ipv4: 10.99.0.1/24}
assets:
  valve: {zone: field, uplink: plant, ipv4: 10.99.0.7, function: safety}
  poll: {zone: supervision, uplink: plant, ipv4: 10.99.0.8}
conduits:
  drive: {from: workload/plc, to: asset/valve, service: modbus, reason: The PLC drives it., owner: Control room}
  look: {from: workload/scada, to: asset/poll, service: modbus, reason: Operators look., owner: Control room}
"""


@pytest.fixture
def outside(desk: Desk) -> Desk:
    desk.change("conduits:\n", OUTSIDE)
    assert desk("apply", "--yes", "--quiet").status == 0
    return desk


def test_a_cut_asset_talks_with_nobody_and_the_uplink_forgets_it(outside: Desk, scope: Scope) -> None:
    before = outside.host.artifacts.observe(scope)
    uplink = scope.address("uplink", "plant")
    assert "route/10.99.0.7" in before[uplink].parts
    ran = outside("cut", "valve")
    assert "!! asset/valve" in ran.out
    assert ran.out.rstrip().endswith("ringfence release cut/asset/valve")
    after = outside.host.artifacts.observe(scope)
    assert "route/10.99.0.7" not in after[uplink].parts
    assert "route/10.99.0.8" in after[uplink].parts
    assert not stands(outside, scope, "conduit", "drive")
    assert stands(outside, scope, "conduit", "look")
    assert outside("drift").status == 0
    assert outside("release", "valve").status == 0
    assert outside.host.artifacts.observe(scope) == before


def test_assets_of_an_island_are_inside(outside: Desk, scope: Scope) -> None:
    ran = outside("island", "field")
    assert "Together on the island: plc and asset/valve." in ran.out
    assert stands(outside, scope, "conduit", "drive")
    assert not stands(outside, scope, "conduit", "poll")
    outside("release", "field")
    outside("island", "supervision")
    assert stands(outside, scope, "conduit", "look")
    assert not stands(outside, scope, "conduit", "poll")


def test_a_name_that_is_both_is_asked_for(outside: Desk, scope: Scope) -> None:
    ran = outside("cut", "poll")
    assert ran.status == 2
    assert "conduit/poll or asset/poll" in ran.err
    assert outside("cut", "asset/poll").status == 0
    assert outside("cut", "conduit/poll").status == 0
    assert "cut/asset/poll or cut/poll" in outside("release", "poll").err
    assert outside("release", "cut/poll").status == 0
    assert stands(outside, scope, "conduit", "poll")
    assert not stands(outside, scope, "conduit", "look")


def _hold_lock(state: Path, until: Any) -> None:
    with FileLock(state, SystemClock()).hold("apply"):
        until.wait(60)


@pytest.fixture
def busy(applied: Desk) -> Any:
    """Let another process hold the site until the event is set."""
    with busy_at(applied) as released:
        yield released


@contextmanager
def busy_at(desk: Desk) -> Iterator[Any]:
    context = multiprocessing.get_context("fork")
    released = context.Event()
    process = context.Process(target=_hold_lock, args=(desk.folder / "state" / "works", released))
    process.start()
    lock = desk.folder / "state" / "works" / "lock"
    end = time.monotonic() + 10
    while b"apply" not in lock.read_bytes() and time.monotonic() < end:
        time.sleep(0.01)
    yield released
    released.set()
    process.join(10)


def test_while_another_job_holds_the_site_packets_stop_all_the_same(
    applied: Desk, scope: Scope, busy: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert not busy.is_set()
    monkeypatch.setattr("ringfence.app.effect.PATIENCE_S", 0.3)
    ran = applied("island", "field")
    assert ran.status == 3
    assert not stands(applied, scope, "conduit", "poll")
    assert "'apply', process " in ran.out
    assert boots_with(applied, scope, POLL)
    busy.set()
    end = time.monotonic() + 10
    while applied("island", "field").status != 0 and time.monotonic() < end:
        time.sleep(0.05)
    assert not boots_with(applied, scope, POLL)


def test_an_apply_that_runs_stops_before_its_next_step_and_what_it_just_opened_is_closed(
    applied: Desk, scope: Scope, monkeypatch: pytest.MonkeyPatch
) -> None:
    original, others = MemoryArtifacts.ensure, list[threading.Thread]()

    def ensure(self: MemoryArtifacts, scope: Scope, changes: Sequence[Change]) -> None:
        if changes[0].kind is Kind.CONDUIT and not others:
            others.append(threading.Thread(target=run, args=(["island", "field"],)))
            others[0].start()
            _until(lambda: standing(applied) == {"island/field"})
            _until(lambda: not stands(applied, scope, "conduit", "poll"))  # at once, although the site is held
        original(self, scope, changes)

    monkeypatch.setattr(MemoryArtifacts, "ensure", ensure)
    applied.change("service: modbus", "service: https")
    ran = applied("apply", "--yes")
    others[0].join(30)
    assert ran.status == 130
    assert "was stopped between steps:" in ran.out
    assert "Somebody closed or opened something in an emergency" in ran.out
    assert not stands(applied, scope, "conduit", "poll")
    assert not boots_with(applied, scope, "10.81.2.11 . 10.81.1.11 . tcp")
    assert applied("apply", "--yes").status == 0
    assert not stands(applied, scope, "conduit", "poll")
    assert applied("release", "field").status == 0
    assert boots_with(applied, scope, POLL.replace("502", "443"))


VIEW = "  view: {zone: supervision, ipv4: 10.81.2.12, memory: 128 MiB, image: nano}\n"


def test_a_job_that_holds_on_keeps_nothing_open_across_the_border(
    desk: Desk, scope: Scope, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.change("workloads:\n", f"workloads:\n{VIEW}")
    desk.change(
        "    to: workload/plc\n    service: modbus\n", "    to: [workload/plc, workload/view]\n    service: modbus\n"
    )
    assert desk("apply", "--yes", "--quiet").status == 0
    original, others = MemoryArtifacts.ensure, list[threading.Thread]()

    def crossing() -> list[str]:
        poll = desk.host.artifacts.observe(scope)[scope.address("conduit", "poll")]
        return [key for key in poll.parts if "10.81.1.11" in key]

    def ensure(self: MemoryArtifacts, scope: Scope, changes: Sequence[Change]) -> None:
        original(self, scope, changes)
        if changes[0].kind is Kind.CONDUIT and not others:
            assert crossing()  # it has just opened another port of the same conduit, inside and across
            others.append(threading.Thread(target=run, args=(["island", "field"],)))
            others[0].start()
            _until(lambda: not crossing())  # although the site is held

    monkeypatch.setattr(MemoryArtifacts, "ensure", ensure)
    desk.change("service: modbus", "service: https")
    assert desk("apply", "--yes").status == 130
    others[0].join(30)
    assert crossing() == []
    assert boots_with(desk, scope, "10.81.2.11 . 10.81.2.12 . tcp . 502")  # what was applied, inside


def test_a_grant_that_meets_an_island_is_taken_back(
    applied: Desk, scope: Scope, monkeypatch: pytest.MonkeyPatch
) -> None:
    original = MemoryGrants.grant

    def grant(self: MemoryGrants, scope: Scope, conduit: Document, seconds: int) -> None:
        with open_store(applied.folder / "state" / "works") as store:
            store.restrictions.add(Restriction("island", "zone/field", datetime.now(UTC), "maria"))
        FileBell(applied.folder / "state" / "works").ring()
        original(self, scope, conduit, seconds)

    monkeypatch.setattr(MemoryGrants, "grant", grant)
    ran = applied("grant", "vendor", "--for", "30m")
    assert ran.status == 3
    assert "closed by island/field by maria" in ran.err
    assert applied.host.grants.granted(scope) == []


def standing(desk: Desk) -> set[str]:
    with open_store(desk.folder / "state" / "works") as store:
        return {one.name for one in store.restrictions.standing()}


def _until(happened: Callable[[], bool]) -> None:
    end = time.monotonic() + 20
    while not happened():
        assert time.monotonic() < end
        time.sleep(0.005)
