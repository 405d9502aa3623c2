# SPDX-License-Identifier: Apache-2.0
"""Facts of one real guest, judged: it is proven, and a stranger, an open file and a loose helper are found."""

from __future__ import annotations

import contextlib
import json
import os
import socket
import subprocess
import tempfile
import threading
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest
from tests import factory

from ringfence.assure.running.check import Check, State
from ringfence.assure.running.judge import judge, verdicts
from ringfence.drivers.facts.driver import FactDriver
from ringfence.drivers.images import ImageReader
from ringfence.drivers.libvirt.connection import Connection
from ringfence.facts.host import Acceleration
from ringfence.facts.process import ProcessFacts
from ringfence.facts.running import RunningFacts
from ringfence.facts.unseen import Unseen
from ringfence.site.workload import CloudInit, Device, Workload

from .plant import Plant, nano, plant

pytestmark = pytest.mark.skipif(not nano().exists(), reason="guests/build has not made the nano image here")

SCADA = factory.workload(
    "scada", devices=(Device("guest-agent"), Device("rng")), cloud_init=CloudInit("#ringfence-nano\n")
)
PLC = factory.workload("plc")
KVM = Acceleration("no", "Tests run on software emulation.")


@dataclass(frozen=True)
class Works:
    """One guest that runs, and one workload beside it that does not."""

    plant: Plant

    def observe(self, connection: Connection | None = None) -> RunningFacts:
        driver = FactDriver(connection or Connection(), accelerate=lambda: KVM)
        return driver.observe(self.plant.scope, ("scada", "plc"))

    def checks(self, facts: RunningFacts, workload: Workload = SCADA) -> Mapping[str, Check]:
        site = self.plant.site(SCADA, PLC)
        image = ImageReader().facts(site.images["nano"]).sha256
        machine = self.plant.facts.machines["q35"]
        bound = {
            one.name: factory.binding(one, number, machine=machine, images={"root": image})
            for one, number in ((SCADA, 10), (PLC, 11))
        }
        found = judge(facts, site, bound, facts.at)
        return {one.id: one for one in found if one.subject == f"workload/{workload.name}"}

    @property
    def domain(self) -> str:
        return self.plant.scope.domain("scada")


@pytest.fixture(scope="module")
def works() -> Iterator[Works]:
    with plant("rf-t-facts") as made:
        made.apply(SCADA)
        yield Works(made)


def process_of(facts: RunningFacts) -> ProcessFacts:
    found = facts.machines["scada"].process
    assert isinstance(found, ProcessFacts), found
    return found


def states(checks: Mapping[str, Check], *wanted: State) -> dict[str, str]:
    return {id_: one.sentence for id_, one in checks.items() if one.state in wanted}


def test_a_guest_is_read_as_it_runs_and_proven(works: Works) -> None:
    start = time.monotonic()
    facts = works.observe()
    assert time.monotonic() - start < 5
    held = process_of(facts).credentials
    assert not isinstance(held, Unseen)
    assert set(held.uids) == {2_000_000_010}
    assert held.effective == held.permitted == held.ambient == frozenset()
    assert (held.no_new_privileges, held.seccomp) == (True, 2)
    checks = works.checks(facts)
    assert states(checks, State.FAIL, State.UNPROVEN) == {}
    assert verdicts(checks.values()) == {"workload/scada": "proven"}
    for id_ in ("001", "003", "004", "005", "006", "007", "008", "011", "012", "014"):
        assert checks[f"RF-PRC-{id_}"].state is State.PASS
    assert checks["RF-MCH-001"].observed in {"kvm", "tcg"}
    assert facts.hung == ()


def test_a_machine_that_does_not_run_is_said_not_to(works: Works) -> None:
    facts = works.observe()
    assert facts.machines["plc"].state == "missing"
    assert verdicts(works.checks(facts, PLC).values()) == {"workload/plc": "unproven"}


def test_the_host_is_seen(works: Works) -> None:
    host = works.observe().host
    unseen = {name for name in host.__slots__ if isinstance(getattr(host, name), Unseen)}
    assert unseen == set()
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        found = works.observe().host.listeners
    assert not isinstance(found, Unseen)
    own = next(one for one in found if one.port == port)
    assert f"({os.getpid()})" in own.process
    assert own.local


@contextlib.contextmanager
def monitor(works: Works, name: str, path: str) -> Iterator[None]:
    """Let the guest's QEMU open a file, as somebody with access to libvirt could."""
    added = {
        "execute": "blockdev-add",
        "arguments": {"driver": "file", "filename": path, "node-name": name, "read-only": True},
    }
    _tell(works, added)
    try:
        yield
    finally:
        _tell(works, {"execute": "blockdev-del", "arguments": {"node-name": name}})


def _tell(works: Works, words: object) -> None:
    done = subprocess.run(
        ["virsh", "qemu-monitor-command", works.domain, json.dumps(words)], capture_output=True, text=True, check=True
    )
    assert "error" not in json.loads(done.stdout), done.stdout


def test_a_file_that_is_not_its_own_is_named(works: Works) -> None:
    with monitor(works, "extra", "/etc/hostname"):
        found = works.checks(works.observe())["RF-PRC-011"]
    assert found.state is State.FAIL
    assert "/etc/hostname" in found.sentence
    assert works.checks(works.observe())["RF-PRC-011"].state is State.PASS


def _while(command: list[str], ready: str) -> subprocess.Popen[bytes]:
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    until = time.monotonic() + 10
    while Path(f"/proc/{process.pid}/comm").read_text().strip() != ready:
        assert time.monotonic() < until
        time.sleep(0.02)
    return process


def test_a_stranger_under_its_user_is_named(works: Works) -> None:
    stranger = _while(["setpriv", "--reuid=2000000010", "--clear-groups", "--regid=65534", "sleep", "60"], "sleep")
    try:
        found = works.checks(works.observe())["RF-PRC-001"]
    finally:
        stranger.kill()
        stranger.wait()
    assert found.state is State.FAIL
    assert f"sleep ({stranger.pid})" in found.sentence


def test_a_machine_that_somebody_started_by_hand_is_found_to_be_unconfined(works: Works) -> None:
    name = f"guest={works.plant.scope.domain('plc')},debug-threads=on"
    plain = ["qemu-system-x86_64", "-name", name, "-machine", "none", "-nodefaults", "-display", "none", "-S"]
    loose = _while(plain, "qemu-system-x86")
    try:
        facts = works.observe()
    finally:
        loose.kill()
        loose.wait()
    assert facts.machines["plc"].state == "unknown"
    checks = works.checks(facts, PLC)
    failed = states(checks, State.FAIL)
    assert {"RF-PRC-001", "RF-PRC-002", "RF-PRC-003", "RF-PRC-004", "RF-PRC-005", "RF-PRC-006"} <= failed.keys()
    assert {"RF-LIM-001", "RF-PRC-007"} <= failed.keys()
    assert "RF-MCH-002" in states(checks, State.UNPROVEN), "nobody tells what it is made of"
    assert verdicts(checks.values()) == {"workload/plc": "failed"}


@pytest.fixture
def folder() -> Iterator[Path]:
    """A folder that every user passes through: pytest's own ones are root's."""
    with tempfile.TemporaryDirectory(prefix="rf-t-") as made:
        found = Path(made) / "libvirt"
        found.mkdir()
        for path in (Path(made), found):
            path.chmod(0o777)
        yield found


@pytest.mark.parametrize("loose", [True, False])
def test_a_helper_is_judged_too(works: Works, folder: Path, loose: bool) -> None:
    tpm = f"type=unixio,path={folder}/3-{works.domain}-swtpm.sock"
    bounds = [] if loose else ["setpriv", "--reuid=64055", "--regid=64055", "--clear-groups", "--no-new-privs"]
    words = ["swtpm", "socket", "--tpm2", "--tpmstate", f"dir={folder}", "--ctrl", tpm]
    helper = _while([*bounds, *words], "swtpm")
    try:
        until = time.monotonic() + 10
        while not list(folder.glob("*.sock")):
            assert time.monotonic() < until
            time.sleep(0.02)
        found = works.checks(works.observe())["RF-PRC-015"]
    finally:
        helper.kill()
        helper.wait()
    assert found.state is (State.FAIL if loose else State.PASS)
    assert f"swtpm ({helper.pid})" in (found.sentence if loose else found.observed)


@pytest.fixture
def mute(tmp_path: Path) -> Iterator[str]:
    """Where a libvirt listens that never answers: its queue takes clients, and nobody serves them."""
    path = tmp_path / "mute.sock"
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(str(path))
        server.listen(8)
        yield f"qemu+unix:///system?socket={path}"


def test_a_libvirt_that_hangs_hides_nothing_of_the_process(works: Works, mute: str) -> None:
    start = time.monotonic()
    facts = works.observe(Connection(mute))
    assert time.monotonic() - start < 12
    assert "did not answer" in facts.hung[0]
    checks = works.checks(facts)
    assert states(checks, State.FAIL, State.UNPROVEN) == {}, "libvirt's own record of it is there"
    assert facts.machines["scada"].live == works.observe().machines["scada"].live or (
        not isinstance(facts.machines["scada"].live, Unseen) and facts.machines["scada"].live.source == "state file"
    )
    assert facts.machines["plc"].state == "unknown"


def test_a_guest_that_goes_away_while_it_is_read_is_never_read_wrong(works: Works) -> None:
    seen: list[RunningFacts] = []
    done = threading.Event()

    def look() -> None:
        while not done.is_set():
            seen.append(works.observe())

    thread = threading.Thread(target=look)
    thread.start()
    try:
        subprocess.run(["virsh", "destroy", works.domain], check=True, capture_output=True)
        subprocess.run(["virsh", "start", works.domain], check=True, capture_output=True)
    finally:
        done.set()
        thread.join()
    assert len(seen) > 2
    for facts in seen:
        found = facts.machines["scada"]
        if isinstance(found.process, ProcessFacts):
            assert not isinstance(found.process.credentials, Unseen)
            assert found.state in {"running", "paused", "unknown"}
        else:
            assert found.process.why
            assert verdicts(works.checks(facts).values())["workload/scada"] == "unproven"
    assert isinstance(works.observe().machines["scada"].process, ProcessFacts)
