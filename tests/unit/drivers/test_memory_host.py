# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import multiprocessing
from dataclasses import replace
from pathlib import Path

import pytest
from tests.unit.engine.yard import FastClock, Yard, tails
from tests.unit.plan.plant import SCOPE, STUBS, Plant, Vm, address, large, small

from ringfence.base.errors import BadInput, DeadlinePassed, Refused
from ringfence.compile.document import Document, Kind
from ringfence.drivers.memory.faults import Fault, Faulty, faults_from_text
from ringfence.drivers.memory.host import MemoryHost
from ringfence.plan.change import Change
from ringfence.site.image import Image
from ringfence.site.probe import Probe

PROBE = Probe("modbus", 502)
PLC = address(small().vms[0])


@pytest.fixture
def yard(tmp_path: Path) -> Yard:
    made = Yard(tmp_path, FastClock())
    assert made.apply(small()).outcome == "done"
    return made


def gone(yard: Yard, tail: str) -> Change:
    return Change(yard.observe()[f"host/server1/live/{tail}"], None)


def test_definitions_come_back_with_what_libvirt_adds(yard: Yard) -> None:
    domain = yard.observe()["host/server1/live/domain/scada"]
    assert domain.parts["devices/emulator"] == "/usr/bin/qemu-system-x86_64"


def test_taps_go_with_their_machine(yard: Yard) -> None:
    yard.host.artifacts.ensure(SCOPE, [gone(yard, "run/scada")])
    assert "port/scada/eth0" not in tails(yard.observe())
    assert "port/plc/eth0" in tails(yard.observe())


def test_stubs_stand_without_machines(tmp_path: Path) -> None:
    host = MemoryHost(tmp_path / "world", FastClock())
    port = Document(STUBS.address("port", "scada", "eth0"), Kind.PORT, {"name": "x"})
    host.artifacts.ensure(STUBS, [Change(None, port)])
    assert host.artifacts.observe(STUBS) == {port.address: port}
    with pytest.raises(Refused, match=r"There is no .*run/scada"):
        host.artifacts.ensure(SCOPE, [Change(None, replace(port, address=SCOPE.address("port", "scada", "eth1")))])


def test_everything_in_the_kernel_goes_with_its_namespace(yard: Yard) -> None:
    yard.host.artifacts.ensure(SCOPE, [gone(yard, "namespace/router")])
    kinds = {document.kind for document in yard.observe().values()}
    assert not kinds & {Kind.LINK, Kind.TABLE, Kind.GUARD, Kind.CONDUIT}


@pytest.mark.parametrize("tail", ["domain/scada", "volume/scada/root", f"image/{'ab' * 32}"])
def test_what_is_in_use_is_not_removed(yard: Yard, tail: str) -> None:
    with pytest.raises(Refused):
        yard.host.artifacts.ensure(SCOPE, [gone(yard, tail)])


def test_a_machine_starts_only_from_the_planned_definition(yard: Yard) -> None:
    run = Document(SCOPE.address("run", "scada"), Kind.RUN, {"state": "running", "definition": "other"})
    with pytest.raises(Refused, match="not the planned one"):
        yard.host.artifacts.ensure(SCOPE, [Change(None, run)])


def test_nothing_is_made_before_what_it_stands_on(tmp_path: Path) -> None:
    host = MemoryHost(tmp_path / "world", FastClock())
    refused = 0
    for artifact in small().artifacts():
        if artifact.document.kind in {Kind.LINK, Kind.GUARD, Kind.RUN, Kind.CONDUIT, Kind.VOLUME}:
            with pytest.raises(Refused):
                host.artifacts.ensure(SCOPE, [Change(None, artifact.document)])
            refused += 1
    assert refused > 10


def test_another_process_sees_it_at_once(yard: Yard) -> None:
    other = MemoryHost(yard.folder / "world.json", FastClock())
    assert dict(other.artifacts.observe(SCOPE)) == yard.observe()
    other.artifacts.ensure(SCOPE, [gone(yard, "conduit/read")])
    assert "conduit/read" not in tails(yard.observe())


def test_a_line_that_was_cut_off_never_counts(yard: Yard) -> None:
    before = yard.observe()
    path = yard.folder / "world.json"
    with path.open("ab") as file:
        file.write(b'{"site": "works", "drop": ["host/server1/li')
    assert dict(MemoryHost(path, FastClock()).artifacts.observe(SCOPE)) == before
    yard.host.artifacts.ensure(SCOPE, [gone(yard, "conduit/read")])
    assert len(MemoryHost(path, FastClock()).artifacts.observe(SCOPE)) == len(before) - 1


def test_a_file_of_something_else_is_told(tmp_path: Path) -> None:
    (tmp_path / "world").write_text("something else\n")
    with pytest.raises(Refused, match="cannot be read"):
        MemoryHost(tmp_path / "world", FastClock()).artifacts.observe(SCOPE)


def test_a_file_that_grew_old_is_written_anew(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ringfence.drivers.memory.file._REWRITE_AT", 20_000)
    yard = Yard(tmp_path, FastClock())
    yard.apply(small())
    sizes = []
    for version in range(2, 40):
        yard.apply(small().with_vm("scada", version=version))
        sizes.append((tmp_path / "world.json").stat().st_size)
    assert max(sizes) < 60_000
    assert yard.whole(small().with_vm("scada", version=39))
    assert MemoryHost(tmp_path / "world.json", FastClock()).artifacts.observe(SCOPE) == yard.observe()


def test_many_processes_lose_nothing(tmp_path: Path) -> None:
    context = multiprocessing.get_context("spawn")
    writers = [context.Process(target=_write_many, args=(tmp_path / "world", number)) for number in range(3)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join(60)
    assert len(MemoryHost(tmp_path / "world", FastClock()).artifacts.observe(SCOPE)) == 60


def _write_many(path: Path, number: int) -> None:
    host = MemoryHost(path, FastClock())
    for index in range(20):
        image = Document(SCOPE.address("image", f"{number}-{index}"), Kind.IMAGE, {"path": f"{number}-{index}"})
        host.artifacts.ensure(SCOPE, [Change(None, image)])


def test_states_of_workloads(yard: Yard) -> None:
    yard.clock.sleep(30)
    yard.host.artifacts.ensure(SCOPE, [gone(yard, "run/scada")])
    found = yard.host.workloads.states(SCOPE, ("plc", "scada", "nobody"))
    assert {name: fact.state for name, fact in found.items()} == {
        "plc": "running",
        "scada": "stopped",
        "nobody": "missing",
    }
    assert 30 <= (found["plc"].since_s or 0) < 31
    with pytest.raises(Refused, match="simulated"):
        yard.host.workloads.console(SCOPE, "plc")


def test_who_runs_answers_its_probe_unless_it_is_sick(yard: Yard) -> None:
    def ask() -> str:
        answer = yard.host.probes.ask(SCOPE, PROBE, PLC)
        return "yes" if answer.ok else answer.detail

    assert ask() == "yes"
    yard.host.sick(SCOPE, "plc")
    assert "does not answer on port 502" in ask()
    yard.host.sick(SCOPE, "plc", sick=False)
    assert ask() == "yes"
    yard.host.artifacts.ensure(SCOPE, [gone(yard, "conduit/probe/plc")])
    assert "No conduit" in ask()
    yard.host.artifacts.ensure(SCOPE, [gone(yard, "run/plc")])
    assert "is stopped" in ask()
    assert "No workload" in yard.host.probes.ask(SCOPE, PROBE, "192.0.2.1").detail


def test_a_grant_runs_out_by_itself(yard: Yard) -> None:
    dormant = Document(SCOPE.address("conduit", "remote"), Kind.CONDUIT, {"state": "dormant"})
    yard.host.artifacts.ensure(SCOPE, [Change(None, dormant)])
    yard.host.grants.grant(SCOPE, dormant, 60)
    assert [(grant.conduit, grant.left_s) for grant in yard.host.grants.granted(SCOPE)] == [("remote", 60)]
    assert yard.host.grants.granted(replace(SCOPE, fabric="copy")) == []
    yard.clock.sleep(61)
    assert yard.host.grants.granted(SCOPE) == []
    yard.host.grants.grant(SCOPE, dormant, 60)
    yard.host.grants.close(SCOPE, dormant)
    assert yard.host.grants.granted(SCOPE) == []
    assert "conduit/remote" in tails(yard.observe())
    assert yard.host.grants.denied(SCOPE) == {}


def test_closing_a_standing_conduit_takes_it_away(yard: Yard) -> None:
    read = yard.observe()["host/server1/live/conduit/read"]
    yard.host.grants.close(SCOPE, read)
    assert "conduit/read" not in tails(yard.observe())


def test_the_host_is_large_and_images_need_not_exist(yard: Yard) -> None:
    facts = yard.host.hosts.facts("server1", "/pool")
    assert (facts.name, facts.acceleration.domain_type) == ("server1", "kvm")
    one, other = (yard.host.images.facts(Image("a", path)) for path in ("/a", "/b"))
    assert one.sha256 != other.sha256
    assert yard.host.images.facts(Image("a", "/a", sha256="ff")).sha256 == "ff"


def test_a_large_plant_is_applied(tmp_path: Path) -> None:
    yard = Yard(tmp_path, FastClock())
    plant = large(100, 500)
    assert yard.apply(plant).outcome == "done"
    assert yard.whole(plant)


def test_faults_are_written_as_text() -> None:
    assert faults_from_text(" refuse:run/scada ; kill-after:conduit:2;late:boot:0") == [
        Fault("refuse", "run/scada", 1),
        Fault("kill-after", "conduit", 2),
        Fault("late", "boot", -1),
    ]
    for wrong in ("refuse", "burn:run", "refuse:run:often", "refuse:"):
        with pytest.raises(BadInput, match="is no fault"):
            faults_from_text(wrong)


def test_faults_strike_where_and_as_often_as_they_say(tmp_path: Path) -> None:
    host = MemoryHost(tmp_path / "world", FastClock())
    port = Faulty(host.artifacts, faults_from_text("hang:image/a;refuse:image/b:2"))
    one, other = (Change(None, Document(SCOPE.address("image", n), Kind.IMAGE, {"path": n})) for n in ("a", "b"))
    with pytest.raises(DeadlinePassed):
        port.ensure(SCOPE, [one])
    for _ in range(2):
        with pytest.raises(Refused):
            port.ensure(SCOPE, [other])
    port.ensure(SCOPE, [one, other])
    assert tails(dict(port.observe(SCOPE))) == {"image/a", "image/b"}


def test_half_of_a_partial_step_happens(tmp_path: Path) -> None:
    yard = Yard(tmp_path, FastClock())
    plant = Plant((Vm("a", number=1), Vm("b", number=2)))
    yard.apply(plant.without("a", "b"))
    guards = [Change(None, found.document) for found in plant.artifacts() if found.document.kind is Kind.GUARD]
    with pytest.raises(Refused):
        Faulty(yard.host.artifacts, [Fault("partial", "guard")]).ensure(SCOPE, guards)
    assert {"guard/a"} == {tail for tail in tails(yard.observe()) if tail.startswith("guard")}
