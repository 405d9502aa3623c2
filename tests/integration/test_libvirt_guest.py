# SPDX-License-Identifier: Apache-2.0
"""A real guest through the drivers: defined, started as its own user, confined, stopped, restarted, gone."""

from __future__ import annotations

import os
import select
import signal
import subprocess
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import libvirt
import pytest
from tests import factory

from ringfence.app.held import recovered
from ringfence.base.errors import Refused
from ringfence.base.units import MiB
from ringfence.compile.document import Document, Kind
from ringfence.compile.domain import tolerated
from ringfence.drivers.libvirt import LibvirtDriver
from ringfence.drivers.libvirt.connection import Connection
from ringfence.drivers.libvirt.console import attach
from ringfence.drivers.libvirt.runs import Patience
from ringfence.plan.change import Change
from ringfence.site.workload import CloudInit, Device, Disk, Workload

from .plant import Plant, nano, plant

pytestmark = pytest.mark.skipif(not nano().exists(), reason="guests/build has not made the nano image here")

SEED = CloudInit("#ringfence-nano\n")


@pytest.fixture
def works() -> Iterator[Plant]:
    with plant("rf-t-dom") as made:
        yield made


def guest(**changes: Any) -> Workload:
    devices = (Device("guest-agent"), Device("rng"))
    return factory.workload("scada", **({"devices": devices, "cloud_init": SEED} | changes))


def pid_of(works: Plant) -> int:
    return int(Path(f"/run/libvirt/qemu/{works.scope.domain('scada')}.pid").read_text(encoding="ascii"))


def process_of(works: Plant) -> dict[str, str]:
    lines = Path(f"/proc/{pid_of(works)}/status").read_text(encoding="ascii").splitlines()
    return {name: value.strip() for name, _, value in (line.partition(":") for line in lines)}


def console_of(works: Plant) -> Path:
    return Path(f"/var/log/libvirt/qemu/{works.scope.domain('scada')}.console.log")


def wait_until_up(works: Plant) -> None:
    log, until = console_of(works), time.monotonic() + 90
    while "RINGFENCE-GUEST-UP" not in (log.read_text(errors="replace") if log.exists() else ""):
        assert time.monotonic() < until, log.read_text(errors="replace")[-2000:]
        time.sleep(0.2)


def domain_of(works: Plant) -> libvirt.virDomain:
    return libvirt.open("qemu:///system").lookupByName(works.scope.domain("scada"))


def run_of(works: Plant) -> Document:
    return works.observe()[works.scope.address("run", "scada")]


def equal_up_to_tolerance(works: Plant, wanted: list[Document]) -> None:
    found, tolerance = works.observe(), tolerated(works.facts.versions)
    assert set(found) == {document.address for document in wanted}
    for document in wanted:
        parts = dict(found[document.address].parts)
        assert {key: parts.pop(key, None) for key in document.parts} == dict(document.parts)
        assert {key: value for key, value in parts.items() if not tolerance.allows(document.kind, key, value)} == {}


def test_a_guest_lives_as_its_own_user_and_leaves_nothing(works: Plant) -> None:
    made = works.apply(guest())
    first = pid_of(works)
    works.apply(guest())
    assert pid_of(works) == first, "again is harmless"

    process = process_of(works)
    assert set(process["Uid"].split()) == {"2000000010"}
    assert set(process["Gid"].split()) == {str(works.facts.qemu_gid)}
    assert int(process["CapEff"], 16) == int(process["CapPrm"], 16) == 0
    assert (process["NoNewPrivs"], process["Seccomp"]) == ("1", "2")
    command = Path(f"/proc/{first}/cmdline").read_text(encoding="utf-8").replace("\0", " ")
    for wanted in ("dump-guest-core=off", "-sandbox on,obsolete=deny", "-nodefaults", "-no-user-config", "vmport=off"):
        assert wanted in command
    for unwanted in ("usb-", "xhci", "-kernel", "-vnc", "virtio-balloon", "sound", "vga", "romfile=/"):
        assert unwanted not in command
    base = next(Path(works.pool, works.name, "base").iterdir())
    assert (base.stat().st_uid, base.stat().st_mode & 0o777) == (0, 0o444)

    equal_up_to_tolerance(works, [artifact.document for kind in made.values() for artifact in kind])
    assert recovered(works.observe())["scada"].uid == 2_000_000_010
    state = works.libvirt.states(works.scope, ("scada", "nobody"))
    assert (state["scada"].state, state["nobody"].state) == ("running", "missing")
    assert state["scada"].since_s is not None
    wait_until_up(works)
    stopping = replace(works, libvirt=LibvirtDriver(patience=Patience(shutdown_s=30)))
    stopping.libvirt.ensure(works.scope, [Change(run_of(works), None)])
    assert "reboot: Power down" in console_of(works).read_text(errors="replace"), "it was asked, not cut off"

    works.destroy()
    assert works.observe() == {}
    assert not Path(works.pool).exists()
    listed = subprocess.run(["virsh", "list", "--all", "--name"], capture_output=True, text=True, check=True).stdout
    assert works.scope.domain("scada") not in listed.split()
    assert not list(console_of(works).parent.glob(f"{console_of(works).name}*"))


def test_a_new_definition_runs_after_a_restart_and_a_larger_disk_at_once(works: Plant) -> None:
    works.apply(guest())
    wait_until_up(works)
    first, volume = pid_of(works), Path(works.pool, works.name, "scada.root.qcow2")
    inode = volume.stat().st_ino
    changed = guest(memory_mib=256, disks=(Disk("root", size_mib=2048, image="nano"),))
    made = works.apply(changed)
    assert pid_of(works) != first
    assert volume.stat().st_ino == inode, "the disk with its data stays"
    equal_up_to_tolerance(works, [artifact.document for kind in made.values() for artifact in kind])
    described = works.apply(replace(changed, description="Only words."))
    assert described[Kind.RUN][0].document == made[Kind.RUN][0].document, "words restart nothing"

    grown = works.compile(replace(changed, disks=(Disk("root", size_mib=2049, image="nano"),)))
    works.images.ensure(works.scope, [Change(None, artifact.document) for artifact in grown[Kind.VOLUME]])
    assert domain_of(works).blockInfo(str(volume))[0] == 2049 * MiB, "the running machine sees it"


def test_what_a_hand_changed_is_seen_and_mended(works: Plant) -> None:
    made = works.apply(guest())
    wanted = [artifact.document for kind in made.values() for artifact in kind]
    mac = "52:54:00:66:66:66"
    plug = f"<interface type='bridge'><mac address='{mac}'/><source bridge='{works.scope.link('bridge', 'control')}'/>"
    plug += "<address type='pci' slot='0x1d'/></interface>"
    domain = domain_of(works)
    domain.setMemoryFlags(131072, libvirt.VIR_DOMAIN_AFFECT_CONFIG)
    domain.attachDeviceFlags(plug, libvirt.VIR_DOMAIN_AFFECT_CONFIG)
    found = works.observe()
    parts = found[works.scope.address("domain", "scada")].parts
    assert parts["currentMemory"] == "128 MiB"
    assert f"devices/interface[{mac}]/source@bridge" in parts
    assert run_of(works) == made[Kind.RUN][0].document, "what runs did not change"
    works.apply(guest())
    equal_up_to_tolerance(works, wanted)


def test_a_machine_that_does_not_hear_loses_its_power_and_holds_nobody_up(works: Plant) -> None:
    made = works.apply(guest())
    process = pid_of(works)
    os.kill(process, signal.SIGSTOP)
    began = time.monotonic()
    assert run_of(works).parts["state"] == "running"
    assert works.libvirt.states(works.scope, ("scada",))["scada"].state == "running"
    assert time.monotonic() - began < 5
    works.libvirt.ensure(works.scope, [Change(made[Kind.RUN][0].document, None)])
    assert works.scope.address("run", "scada") not in works.observe()
    assert not Path(f"/proc/{process}").exists() or "zombie" in Path(f"/proc/{process}/status").read_text()


def test_the_console_takes_keys_and_lets_go_at_ctrl_bracket(works: Plant) -> None:
    works.apply(guest())
    keys_read, keys = os.pipe()
    screen, screen_write = os.pipe()
    name, seen = works.scope.domain("scada"), b""
    worker = threading.Thread(target=attach, args=(Connection(), name, keys_read, screen_write), daemon=True)
    worker.start()
    until = time.monotonic() + 60
    while b"RINGFENCE-GUEST-UP" not in seen:
        assert time.monotonic() < until, seen
        if select.select([screen], [], [], 1)[0]:
            seen += os.read(screen, 4096)
    with pytest.raises(Refused, match="Active console session"):
        attach(Connection(), name, keys_read, screen_write)
    os.write(keys, b"\r\x1d")
    worker.join(10)
    assert not worker.is_alive()
    with pytest.raises(Refused, match="no domain"):
        attach(Connection(), "rf-t-nobody")
    for descriptor in (keys_read, keys, screen, screen_write):
        os.close(descriptor)


def test_a_paused_machine_goes_on(works: Plant) -> None:
    made = works.apply(guest())
    process = pid_of(works)
    domain_of(works).suspend()
    assert run_of(works).parts["state"] == "paused"
    works.libvirt.ensure(works.scope, [Change(run_of(works), made[Kind.RUN][0].document)])
    assert run_of(works) == made[Kind.RUN][0].document
    assert pid_of(works) == process


def test_a_foreign_domain_of_our_name_is_never_touched(works: Plant) -> None:
    wanted = works.compile(guest())
    foreign = f"""<domain type='qemu'><name>{works.scope.domain("scada")}</name><memory unit='MiB'>32</memory>
        <os><type arch='x86_64'>hvm</type></os></domain>"""
    domain = libvirt.open("qemu:///system").defineXML(foreign)
    try:
        assert works.libvirt.observe(works.scope) == {}
        for kind in (Kind.DOMAIN, Kind.RUN):
            document = wanted[kind][0].document
            for change in (Change(None, document), Change(document, None)):
                with pytest.raises(Refused, match="not this site's"):
                    works.libvirt.ensure(works.scope, [change])
    finally:
        domain.undefine()


@pytest.mark.parametrize(
    "changes",
    [
        {"firmware": "uefi"},
        {"chipset": "pc", "display": "vnc", "disks": (Disk("root", image="nano", bus="ide"),)},
        {"display": "vnc", "clock": "localtime", "disks": (Disk("root", image="nano", bus="sata"),)},
        {"chipset": "pc", "disks": (Disk("root", image="nano", bus="scsi"), Disk("data", size_mib=8, bus="sata"))},
    ],
    ids=["uefi", "legacy", "windows", "scsi"],
)
def test_every_sort_of_machine_starts_and_leaves_nothing(works: Plant, changes: dict[str, Any]) -> None:
    made = works.apply(guest(**changes))
    assert set(process_of(works)["Uid"].split()) == {"2000000010"}
    equal_up_to_tolerance(works, [artifact.document for kind in made.values() for artifact in kind])
    domain_of(works).destroy()
    works.destroy()
    assert not Path(works.pool).exists()
