# SPDX-License-Identifier: Apache-2.0
"""The driver of facts on a /proc that changes while it is read: named, unproven, never wrong, never a crash."""

from __future__ import annotations

import os
import shutil
import socket
import threading
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import libvirt
import pytest

from ringfence.base.errors import Refused, WorldMoved
from ringfence.compile.scope import Scope
from ringfence.drivers.facts import process as process_module
from ringfence.drivers.facts.bpf import device_programs
from ringfence.drivers.facts.driver import FactDriver
from ringfence.drivers.facts.process import Reader, open_files
from ringfence.drivers.facts.tree import Folder, Tree
from ringfence.drivers.libvirt import live as live_module
from ringfence.drivers.libvirt.connection import Connection
from ringfence.facts.host import Acceleration
from ringfence.facts.machine import MachineFacts
from ringfence.facts.process import ProcessFacts
from ringfence.facts.running import RunningFacts
from ringfence.facts.unseen import Unseen

from .proc_tree import DOMAIN, PID, Host, host

AT = datetime(2026, 1, 2, tzinfo=UTC)
SCOPE = Scope("rf-t-facts", "server1")


@pytest.fixture
def here(tmp_path: Path) -> Host:
    return host(tmp_path)


def silent() -> Connection:
    def refuse(uri: str) -> libvirt.virConnect:
        raise Refused("libvirt does not answer.", "Start it.")

    return Connection(opener=refuse)


def reader(here: Host, meanwhile: Callable[[], object] = lambda: None) -> Reader:
    """Return a reader; ``meanwhile`` happens in the middle of each process that it reads."""

    def programs(_folder: Path) -> int:
        meanwhile()
        return 1

    return Reader(Tree(here.root), "none", enforcing=False, programs=programs)


def observed(here: Host, meanwhile: Callable[[], object] = lambda: None) -> RunningFacts:
    programs = reader(here, meanwhile).programs
    driver = FactDriver(silent(), Tree(here.root), programs, lambda: Acceleration("no", "No."))
    return driver.observe(SCOPE, ("scada",))


def machine(here: Host, meanwhile: Callable[[], object] = lambda: None) -> MachineFacts:
    return observed(here, meanwhile).machines["scada"]


def why(found: object) -> str:
    assert isinstance(found, Unseen), found
    return found.why


def test_a_machine_is_read_without_libvirt(here: Host) -> None:
    found = observed(here)
    assert found.hung == ("libvirt does not answer.",)
    own = found.machines["scada"]
    assert (own.state, own.accelerator, own.helpers, own.neighbours) == ("running", "tcg", (), ())
    assert isinstance(own.process, ProcessFacts)
    assert (own.process.pid, own.process.began) == (PID, 4711)
    assert not isinstance(own.live, Unseen)
    assert own.live.source == "state file"
    assert not isinstance(own.process.namespaces, Unseen)
    assert set(own.process.namespaces.own) == {"mnt"}


def test_a_process_that_ends_while_it_is_read_is_not_there(here: Host) -> None:
    found = reader(here, lambda: shutil.rmtree(here.proc / str(PID), ignore_errors=True)).read(PID, AT)
    assert f"Process {PID} could not be read" in why(found)


def test_a_number_that_another_process_takes_is_told(here: Host) -> None:
    found = reader(here, lambda: here.process(began=5000)).read(PID, AT)
    assert f"Process {PID} could not be read" in why(found)
    found = reader(here, lambda: here.began(PID, 6000)).read(PID, AT)
    assert "Another process took its number" in why(found)


def test_a_number_that_another_process_took_between_the_census_and_the_look_is_told(here: Host) -> None:
    second = here.process(PID + 1, began=9000, command="sh\0")
    own = here.proc / str(PID)
    seen: list[int] = []

    def swap() -> None:
        if not seen:
            seen.append(1)
            shutil.rmtree(own)
            second.rename(own)

    assert isinstance(machine(here, swap).process, Unseen)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("status", ""),
        ("status", "Uid:\t0\n"),
        ("limits", "x"),
        ("coredump_filter", "zz"),
        ("cgroup", "x"),
        ("cgroup", "0::x"),
    ],
)
def test_a_file_that_makes_no_sense_hides_itself_only(here: Host, name: str, text: str) -> None:
    (here.proc / str(PID) / name).write_text(text)
    found = reader(here).read(PID, AT)
    assert isinstance(found, ProcessFacts)
    facts = {
        "status": found.credentials,
        "limits": found.limits,
        "coredump_filter": found.dump_filter,
        "cgroup": found.cgroup,
    }
    assert isinstance(facts.pop(name), Unseen)
    assert not [one for one in facts.values() if isinstance(one, Unseen)]


@pytest.mark.parametrize("name", ["status", "limits", "cgroup", "cmdline", "exe", "ns", "fd", "net/unix", "mountinfo"])
def test_a_file_that_is_missing_hides_itself_only(here: Host, name: str) -> None:
    path = here.proc / str(PID) / name
    shutil.rmtree(path) if path.is_dir() else path.unlink()
    found = reader(here).read(PID, AT)
    assert isinstance(found, ProcessFacts)
    assert len([one for one in found.__slots__ if isinstance(getattr(found, one), Unseen)]) == 1


class Turning(Folder):
    """A process that changes what it may do between two reads of its status."""

    def read(self, name: str, most: int = 1 << 20) -> bytes:
        text = super().read(name, most)
        path = Path(f"/proc/self/fd/{self.descriptor}") / name
        path.write_bytes(text.replace(b"CapEff:\t0000000000000000", b"CapEff:\t0000000000001000"))
        return text


def test_what_changes_between_two_reads_is_told(here: Host) -> None:
    with Tree(here.root).process(PID) as folder, pytest.raises(WorldMoved, match="changed while it was read"):
        process_module._credentials(Turning(folder.descriptor))


def test_a_file_that_is_open_in_any_look_counts(here: Host) -> None:
    class Fleeting(Folder):
        looks = 0

        def names(self, name: str) -> tuple[str, ...]:
            found = super().names(name)
            if name == "fd":
                type(self).looks += 1
                if type(self).looks == 1:
                    here.open(PID, 7, "/etc/shadow")
                elif type(self).looks == 2:
                    for folder in ("fd", "fdinfo"):
                        (here.proc / str(PID) / folder / "7").unlink()
            return found

    with Tree(here.root).process(PID) as folder:
        here.open(PID, 6, "/etc/passwd")
        found = {one.target for one in open_files(Fleeting(folder.descriptor))}
    assert {"/dev/null", "/etc/passwd"} <= found


def test_two_processes_that_say_they_are_one_machine_are_named(here: Host) -> None:
    here.process(PID + 1)
    found = machine(here)
    assert found.state == "unknown"
    assert str(PID + 1) in why(found.process)


def test_a_process_that_no_record_names_is_still_the_machine(here: Host) -> None:
    shutil.rmtree(here.root / "run")
    found = machine(here)
    assert isinstance(found.process, ProcessFacts)
    assert "what rf-t-facts-scada is made of" in why(found.live)
    assert found.state == "unknown", "nobody says whether it is paused"


def test_a_record_that_names_another_process_is_not_believed(here: Host) -> None:
    here.record(PID + 5)
    found = machine(here)
    assert found.state == "unknown"
    assert str(PID + 5) in why(found.process)


def test_a_strangers_process_under_the_machines_user_is_named(here: Host) -> None:
    here.process(PID + 1, command="sh\0")
    (here.proc / str(PID + 1) / "cgroup").write_text("0::/user.slice\n")
    assert machine(here).neighbours == (f"qemu-system-x86 ({PID + 1})",)


def test_a_process_in_the_machines_control_group_is_a_helper(here: Host) -> None:
    here.process(PID + 1, command="swtpm\0")
    (here.proc / str(PID + 1) / "comm").write_text("swtpm\n")
    found = machine(here).helpers
    assert not isinstance(found, Unseen)
    assert [(one.kind, one.process.pid) for one in found] == [("swtpm", PID + 1)]


def test_a_helper_that_ends_hides_the_helpers_only(here: Host) -> None:
    folder = here.process(
        PID + 1, command=f"swtpm\0--ctrl\0type=unixio,path=/run/libvirt/qemu/swtpm/1-{DOMAIN}-swtpm.sock\0"
    )
    looks: list[int] = []

    def second() -> None:
        looks.append(1)
        if len(looks) == 2:
            shutil.rmtree(folder)

    found = machine(here, second)
    assert "could not be read" in why(found.helpers)
    assert isinstance(found.process, ProcessFacts)


def test_a_pipe_in_place_of_a_file_holds_nobody_up(here: Host) -> None:
    path = here.proc / str(PID) / "limits"
    path.unlink()
    os.mkfifo(path)
    found = reader(here).read(PID, AT)
    assert isinstance(found, ProcessFacts)
    assert isinstance(found.limits, Unseen)


def test_a_file_without_an_end_holds_nobody_up(here: Host) -> None:
    path = here.proc / str(PID) / "status"
    path.unlink()
    path.symlink_to("/dev/zero")
    found = reader(here).read(PID, AT)
    assert isinstance(found, ProcessFacts)
    assert "more than" in why(found.credentials)


@pytest.fixture
def mute(tmp_path: Path) -> Iterator[Path]:
    """A libvirt that takes connections and never says a word."""
    path, done = tmp_path / "mute.sock", threading.Event()
    held: list[socket.socket] = []
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(str(path))
        server.listen()
        server.settimeout(0.05)

        def take() -> None:
            while not done.is_set():
                try:
                    held.append(server.accept()[0])
                except TimeoutError:
                    continue

        thread = threading.Thread(target=take)
        thread.start()
        yield path
        done.set()
        thread.join()
        for one in held:
            one.close()


def test_a_libvirt_that_hangs_is_named_and_the_rest_goes_on(
    here: Host, mute: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live_module, "LIVE_S", 0.5)
    connection = Connection(f"qemu+unix:///system?socket={mute}")
    driver = FactDriver(connection, Tree(here.root), lambda _: 1, lambda: Acceleration("no", "No."))
    start = time.monotonic()
    found = driver.observe(SCOPE, ("scada", "plc"))
    assert time.monotonic() - start < 3
    assert "did not answer" in found.hung[0]
    assert isinstance(found.machines["scada"].process, ProcessFacts)
    assert not isinstance(found.machines["scada"].live, Unseen)
    assert found.machines["plc"].state == "unknown"
    assert "libvirt does not answer" in why(found.machines["plc"].process)


def test_programs_are_asked_of_control_groups_only(tmp_path: Path) -> None:
    with pytest.raises(OSError, match=r"."):
        device_programs(tmp_path)
