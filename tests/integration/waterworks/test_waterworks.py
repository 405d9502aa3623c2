# SPDX-License-Identifier: Apache-2.0
"""The whole water works on real machines, from nothing to nothing. The tests stand in the order in which they run."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.integration.waterworks import meddling, plant, power_cut
from tests.integration.waterworks.host import host_view, left_of
from tests.integration.waterworks.talk import OPEN, SILENT, ask, passes, until
from tests.integration.waterworks.works import Works, ended, meddle, standing

HEALTHY = dict.fromkeys(plant.WORKLOADS, "healthy")
KEPT = os.environ.get("RINGFENCE_KEPT_PLANT")
"""A folder: the plant is left standing, and taken over by the next run. For whoever works on these tests."""

pytestmark = pytest.mark.skipif(not (plant.GUESTS / "scada.qcow2").exists(), reason="needs guests/build")


@pytest.fixture(scope="module")
def before() -> dict[str, str]:
    return host_view()


@pytest.fixture(scope="module")
def works(tmp_path_factory: pytest.TempPathFactory, before: dict[str, str]) -> Iterator[Works]:
    folder = Path(KEPT) if KEPT else tmp_path_factory.mktemp("works")
    made = Works(plant.SITE, folder, plant.site_text())
    if KEPT:
        yield made
        return
    with standing(made):
        assert left_of(made) == []
        yield made


@pytest.fixture
def running(works: Works) -> Iterator[Works]:
    """The plant as declared, before and after."""
    if not works.pids():
        pytest.skip("The plant did not come up.")
    yield works
    works.apply()
    assert works.health() == HEALTHY
    assert works.drift() == []


def test_one_site_file_becomes_a_running_plant(works: Works) -> None:
    done = works.apply()
    assert "Done. Site rf-t-ww is what its file says" in done.words
    assert works.health() == HEALTHY
    assert works.drift() == []


def test_a_second_apply_has_nothing_to_do(running: Works) -> None:
    pids, began = running.pids(), time.monotonic()
    assert "Nothing to do" in running.apply().out
    assert time.monotonic() - began < 5  # under 1 s on an idle machine: bench/ measures it
    assert running.pids() == pids
    assert running.must("--json", "plan").json["steps"] == []


def test_every_machine_is_confined(running: Works) -> None:
    assert running.pids().keys() == plant.WORKLOADS.keys()
    assert plant.not_confined(running) == []


def test_every_address_lies_in_its_zone_and_the_host_has_none(running: Works) -> None:
    assert plant.misplaced(running) == []
    assert plant.bare_links(running) == []


def test_guests_reach_what_is_declared_and_nothing_else(running: Works) -> None:
    assert set(ask(running, plant.tried(declared=True)).values()) == {OPEN}
    others = ask(running, plant.tried(declared=False))
    assert len(others) > 6 * 50
    assert {key: answer for key, answer in others.items() if answer != SILENT} == {}


def test_scada_reads_the_plcs_and_the_historian_keeps_what_it_read(running: Works) -> None:
    page = running.guest("scada").run("/bin/wget", "-q", "-O", "-", "http://127.0.0.1:8080/values.json")
    assert {name: plc["ok"] for name, plc in json.loads(page.text)["plcs"].items()} == {"north": True, "south": True}
    asked = "http://127.0.0.1:8086/query?db=plant&measurement=tank&field=level&plc=south&last=3"
    assert json.loads(running.guest("historian").run("/bin/wget", "-q", "-O", "-", asked).text)["points"]


def test_a_changed_line_closes_one_conversation_only(running: Works) -> None:
    pids, narrow = running.pids(), running.text.replace(plant.WIDE, plant.NARROW)
    planned = running.must("--json", "plan", text=narrow).json
    flows = {(one["conduit"], one["source"], one["target"], one["opens"]) for one in planned["flows"]}
    assert flows == {("conduit/set-up", "workload/station", "workload/plc-south", False)}
    assert planned["restarted"] == []
    held = running.guest("station").start("/usr/bin/tcphold", plant.address4("plc-south"), "502", "12")
    time.sleep(3)
    running.apply(narrow)
    answers = [line.split()[-1] for line in running.guest("station").wait(held, 60).text.splitlines() if "t=" in line]
    assert answers[0] == "ok"
    assert answers[-1] == "blocked"
    assert not passes(running, "station", plant.address6("plc-south"), 502)
    assert passes(running, "station", plant.address4("plc-north"), 502)
    assert passes(running, "scada", plant.address4("plc-south"), 502)
    assert running.pids() == pids
    assert running.health() == HEALTHY


@pytest.mark.parametrize("what", meddling.CASES)
def test_a_change_by_hand_is_told_as_a_sentence_and_put_right(running: Works, what: str) -> None:
    pids = running.pids()
    meddling.CASES[what].change(running)
    told = running.drift()
    assert any(all(word in one for word in meddling.CASES[what].words) for one in told), told
    assert all(one.endswith(".") for one in told)
    said = running.run("drift")
    assert said.status == 1
    assert told[0].split()[0] in said.out
    running.apply()
    assert running.drift() == []
    assert running.pids() == pids


def test_verify_proves_the_running_plant(running: Works) -> None:
    began = time.monotonic()
    done = running.run("--json", "verify")
    assert time.monotonic() - began < 60
    parts = {part["name"]: part for part in done.json["parts"]}
    for part in ("rules", "proof", "packets"):
        assert (parts[part]["verdict"], parts[part]["findings"]) == ("proven", [])
    assert done.json["revision"] == running.status()["revision"]
    assert (done.json["disturbed"], done.json["not_kept"]) == ("", "")
    for one in running.status()["workloads"]:
        assert one["verified"]["current"]
        assert one["verified"]["never"] == []


def test_verify_names_what_was_changed_by_hand_and_since_when(running: Works) -> None:
    pids = running.pids()
    assert running.run("verify", "--only", "rules").status == 0
    meddling.CASES["rule"].change(running)
    meddling.CASES["definition"].change(running)
    first = running.run("--json", "verify")
    assert first.status == 1
    found = {one["sentence"]: one for part in first.json["parts"] for one in part["findings"]}
    told = [one for one in found.values() if one["part"] == "rules"]
    assert len(told) == 2
    for what in ("rule", "definition"):
        assert any(all(word in one["sentence"] for word in meddling.CASES[what].words) for one in told), told
    assert {one["first_seen"] for one in told} == {first.json["at"]}
    leaks = [one for one in found.values() if one["part"] == "packets"]
    assert any(one["flow"][:2] == ["workload/jump", "workload/plc-north"] for one in leaks)
    verdicts = {one["subject"]: one["parts"]["rules"] for one in first.json["subjects"]}
    assert verdicts == {**{f"workload/{name}": "wrong" for name in plant.WORKLOADS}, "host/server1": "proven"}
    meddling.CASES["policy"].change(running)
    again = running.run("--json", "verify", "--only", "rules")
    since = [one["first_seen"] for one in again.json["parts"][0]["findings"]]
    assert sorted(since) == sorted([first.json["at"]] * 2 + [again.json["at"]])
    assert "WRONG" in running.must("status").words
    running.apply()
    assert running.must("verify", "--only", "rules").status == 0
    assert [one["verdict"] for one in running.must("--json", "verify", "--history").json["verifications"]][:3] == [
        "proven",
        "wrong",
        "wrong",
    ]
    assert running.pids() == pids


def test_verify_names_a_file_that_a_machine_should_not_have_open(running: Works) -> None:
    """A monitor command lets QEMU open a file of the host, as whoever broke out of a guest could."""
    told = "qemu-monitor-command DOMAIN --hmp".replace("DOMAIN", running.domain("station")).split()
    assert running.run("--json", "verify", "--only", "facts").json["subjects"][5]["verdict"] == "proven"
    meddle("virsh", *told, "drive_add 0 if=none,id=strange,file=/etc/os-release,format=raw,readonly=on")
    try:
        done = running.run("--json", "verify", "station", "--only", "facts")
    finally:
        meddle("virsh", *told, "drive_del strange")
    assert done.status == 1
    found = [one for one in done.json["parts"][0]["findings"] if one["subjects"] == ["workload/station"]]
    assert [one["verdict"] for one in found] == ["wrong"]
    assert "os-release" in found[0]["sentence"]
    assert found[0]["first_seen"] == done.json["at"]
    verdicts = {one["subject"]: one["verdict"] for one in done.json["subjects"]}
    assert (verdicts["workload/station"], verdicts["workload/scada"]) == ("wrong", "proven")
    after = running.run("--json", "verify", "--only", "facts").json
    assert {one["verdict"] for one in after["subjects"] if one["subject"].startswith("workload/")} == {"proven"}


def test_the_map_shows_what_runs_and_talks(running: Works) -> None:
    file = running.folder / "map.svg"
    seen = running.must("--json", "map", "--for", "5s", "--out", str(file)).json
    traffic = {one["name"]: one["traffic"]["packets"] for one in seen["conduits"]}
    assert traffic["poll"] > 0
    assert traffic["vendor-write"] == 0
    assert {one["state"] for one in seen["workloads"]} == {"running"}
    assert seen["strays"] == []
    assert file.read_text().startswith("<svg")
    ways = running.must("--json", "map", "--attack-paths", "jump").json["paths"]
    states = {(one["target"], one["state"]) for one in ways["direct"] if one["target"].startswith("workload/")}
    assert states == set()
    out = next(one for one in ways["direct"] if (one["target"], one["through"]) == ("host", "process"))
    assert out["state"] == "blocked"
    assert "seccomp filter" in out["blocked_by"]
    assert not any(route["barriers"] == 0 for route in ways["routes"] if route["target"].startswith("workload/"))


def test_what_does_not_come_up_is_taken_back_and_nothing_else(running: Works) -> None:
    pids, before = running.pids(), left_of(running)
    revision = running.status()["revision"]
    first = running.start("apply", "--yes", text=plant.with_mute(running.text))
    until("the machine", lambda: "mute" in running.pids() or first.poll() is not None)
    assert first.poll() is None, ended(first).text
    second = running.run("apply", "--yes")
    assert second.status == 3
    assert f"'apply', process {first.pid}, has been at work on this site since" in second.words
    assert running.status()["unfinished_job"].startswith("apply")
    done = ended(first)
    assert done.status == 3, done.text
    assert "Workload mute did not answer its tcp probe on port 9 within 10 s" in done.words
    assert running.pids() == pids
    assert running.health() == HEALTHY
    assert running.status()["revision"] == revision
    # A guest may have written to its disk, so nobody but a person removes it.
    assert "Apply again to use it; to remove it" in done.words
    disk = f"file {running.pool}/{running.name}/mute.root.qcow2"
    assert [one for one in left_of(running) if one not in before and "/base/" not in one] == [disk]
    assert "is kept, although the site does not name it" in running.apply().words
    running.must("apply", "--yes", "--destroy-data", "mute")
    assert left_of(running) == before


def test_revert_brings_an_earlier_revision_back(running: Works) -> None:
    pids, first = running.pids(), running.status()["revision"]
    running.apply(running.text.replace(plant.WIDE, plant.NARROW))
    assert not passes(running, "station", plant.address4("plc-south"), 502)
    running.must("revert", str(first), "--yes")
    assert passes(running, "station", plant.address4("plc-south"), 502)
    assert running.pids() == pids
    listed = running.must("--json", "revisions").json["revisions"]
    assert listed[0]["note"] == f"reverts to {first}"
    assert listed[0]["current"]


def test_a_grant_ends_with_its_connections_in_both_directions(running: Works) -> None:
    jump, north = running.guest("jump"), plant.address4("plc-north")
    assert not passes(running, "jump", north, 502)
    ticks = "nc -l -p 22 -e sh -c 'while :; do echo tick; sleep 1; done'"
    running.guest("station").start("/bin/sh", "-c", ticks)
    running.must("grant", "vendor-write", "--for", "8s")
    running.must("grant", "engineering", "--for", "8s")
    assert {one["conduit"] for one in running.status()["grants"]} == {"vendor-write", "engineering"}
    asked = jump.start("/usr/bin/tcphold", north, "502", "16")
    listened = jump.start("/bin/sh", "-c", f"timeout 16 nc {plant.address4('station')} 22 </dev/null | wc -l")
    answers = [line.split()[-1] for line in jump.wait(asked, 60).text.splitlines() if line.startswith("t=")]
    assert answers[0] == "ok"
    assert answers[-4:] == ["blocked"] * 4
    assert 1 <= int(jump.wait(listened, 60).text.split()[0]) <= 10  # the station went on for 16 s
    assert running.status()["grants"] == []
    assert not passes(running, "jump", north, 502)


def test_close_ends_a_grant_at_once(running: Works) -> None:
    jump, north = running.guest("jump"), plant.address4("plc-north")
    running.must("grant", "vendor-write", "--for", "10m")
    held = jump.start("/usr/bin/tcphold", north, "502", "9")
    time.sleep(4)
    running.must("close", "vendor-write")
    answers = [line.split()[-1] for line in jump.wait(held, 60).text.splitlines() if line.startswith("t=")]
    assert answers[0] == "ok"
    assert answers[-2:] == ["blocked"] * 2
    assert not passes(running, "jump", north, 502)


def test_an_island_ends_what_crosses_its_border_at_once_and_nothing_else(running: Works) -> None:
    pids, station, north = running.pids(), running.guest("station"), plant.address4("plc-north")
    held = station.start("/usr/bin/tcphold", north, "502", "9")
    time.sleep(4)
    said = running.must("island", "field", "--reason", "a test")
    assert "!! workload/plc-north control" in said.words
    answers = [line.split()[-1] for line in station.wait(held, 60).text.splitlines() if line.startswith("t=")]
    assert answers[0] == "ok"
    assert answers[-2:] == ["blocked"] * 2
    assert not passes(running, "station", plant.address6("plc-south"), 502)
    assert passes(running, "station", plant.address4("scada"), 8080)
    assert "closed by island/field" in running.run("grant", "vendor-write", "--for", "1m").words
    assert running.drift() == []
    assert "Nothing to do" in running.apply().out
    assert not passes(running, "scada", north, 502)
    running.must("release", "island/field")
    assert passes(running, "scada", north, 502)
    assert running.drift() == []
    assert running.pids() == pids
    until("health", lambda: running.health() == HEALTHY, seconds=60, pause=1)


def test_workloads_stop_start_and_restart(running: Works) -> None:
    pids = running.pids()
    running.must("stop", "station", "--yes")
    assert running.health() == {**HEALTHY, "station": "stopped"}
    running.must("start", "station")
    running.must("restart", "jump", "--yes")
    after = running.pids()
    assert after["jump"] != pids["jump"]
    assert {name for name in pids if after[name] != pids[name]} == {"jump", "station"}
    assert running.health() == HEALTHY


def test_the_plant_boots_without_ringfence(running: Works) -> None:
    power_cut.cut(running)
    assert not Path("/run/netns", running.namespace).exists()
    assert running.pids() == {}
    power_cut.boot_without_python(running)
    until("health", lambda: running.health() == HEALTHY, seconds=120, pause=1)
    assert running.drift() == []
    assert "Nothing to do" in running.apply().out


@pytest.mark.skipif(bool(KEPT), reason="the plant is kept")
def test_destroy_leaves_nothing(works: Works, before: dict[str, str]) -> None:
    said = works.must("destroy", "--yes")
    assert "Disk data of workload historian is kept" in said.words
    assert works.pids() == {}
    rest = [one for one in left_of(works) if not one.startswith((f"file {works.pool}", f"file {works.state}"))]
    assert rest == []
    assert {path.name for path in works.pool.glob("*/*.qcow2")} > {"historian.data.qcow2", "plc-north.root.qcow2"}
    works.must("destroy", "--yes", "--all-data", "--forget")
    assert left_of(works) == []
    assert host_view() == before
