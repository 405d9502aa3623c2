# SPDX-License-Identifier: Apache-2.0
"""Side doors put into definitions by hand, through the real libvirt: it rewrites them, and the same doors are found."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import libvirt
import pytest
from lxml import etree
from tests.unit.compile.domain_cases import SITE, VERSIONS, compiled
from tests.unit.proof.side.doors_case import put

from ringfence.compile.document import Document
from ringfence.compile.scope import Scope
from ringfence.drivers.libvirt import LibvirtDriver
from ringfence.facts.host import HostFacts
from ringfence.plan.change import Change
from ringfence.proof.side import Hardware, PciFunction, Side, look

SCOPE = Scope(SITE, "server1")
GOLDEN = Path(__file__).parents[1] / "golden" / "doors"
BUS = Hardware({f"0000:{bus}:00.{one}": PciFunction(int(bus)) for bus in ("03", "04", "05") for one in (0, 1)})


def _puts(file: Path) -> list[etree._Element]:
    return etree.parse(file).getroot().findall("put")


MEMORY = "rf-t-exchange"
NOT_TAKEN = {
    "memory-file": "needs cells of memory that no workload has",
    "program": "libvirt starts the program to learn what it can do",
    "unknown": "what one libvirt does not know it leaves out",
}
CASES = [
    pytest.param(file, workload, id=f"{file.stem}-{workload}")
    for file in sorted(GOLDEN.glob("*.xml"))
    if file.stem not in NOT_TAKEN
    for workload in sorted({name for one in _puts(file) for name in str(one.get("workload")).split()})
]


@pytest.fixture(scope="module")
def facts() -> HostFacts:
    """Answer facts of the supported version that runs here."""
    connection = libvirt.open("qemu:///system")
    number = connection.getLibVersion()
    connection.close()
    name = f"{number // 1_000_000}.{number // 1000 % 1000}"
    if name not in VERSIONS:
        pytest.skip(f"libvirt {name} is not among the recorded ones")
    return VERSIONS[name]


@pytest.fixture
def driver() -> Iterator[LibvirtDriver]:
    made = LibvirtDriver()
    yield made
    for document in made.observe(SCOPE).values():
        made.ensure(SCOPE, [Change(document, None)])


def keys(side: Side) -> set[tuple[str, str, str, str]]:
    return {door.key for door in side.doors}


@pytest.mark.parametrize(("file", "workload"), CASES)
def test_libvirt_rewrites_a_definition_and_its_doors_stay_the_same(
    file: Path, workload: str, facts: HostFacts, driver: LibvirtDriver
) -> None:
    changed = compiled("full", facts)
    for one in _puts(file):
        if workload in str(one.get("workload")).split():
            changed = put(changed, one)
    defined = _defined(changed)
    found = driver.observe(SCOPE)[changed.address]
    assert found.body == defined
    before, after = look([changed], BUS), look([found], BUS)
    assert keys(after) == keys(before)
    assert [one.place.key for one in after.unread] == [one.place.key for one in before.unread]


def _defined(document: Document) -> str:
    """Define a domain past our driver, as a person with virsh would."""
    connection = libvirt.open("qemu:///system")
    try:
        domain = connection.defineXML(document.body)
        return str(domain.XMLDesc(libvirt.VIR_DOMAIN_XML_INACTIVE | libvirt.VIR_DOMAIN_XML_SECURE))
    finally:
        connection.close()


@pytest.fixture
def running(facts: HostFacts, driver: LibvirtDriver) -> Iterator[libvirt.virDomain]:
    """Answer a machine that runs without disks, ports and a user of its own, so that nothing has to be made before.

    Its chipset is the old one: nothing can be plugged into the root bus of the other.
    """
    gone = etree.fromstring('<put instead="devices/disk devices/interface seclabel"/>')
    bare = put(compiled("pc-virtio", facts), gone)
    connection = libvirt.open("qemu:///system")
    domain = connection.defineXML(bare.body)
    domain.create()
    yield domain
    domain.destroy()
    connection.close()
    (Path("/dev/shm") / MEMORY).unlink(missing_ok=True)  # noqa: S108 - QEMU leaves named memory behind


def test_a_disk_and_memory_plugged_into_a_running_machine_are_found(
    running: libvirt.virDomain, driver: LibvirtDriver, tmp_path_factory: pytest.TempPathFactory
) -> None:
    before = look(driver.observe(SCOPE).values())
    assert before.unread == ()
    stick = tmp_path_factory.mktemp("stick") / "stick.img"
    stick.write_bytes(bytes(1 << 20))
    for folder in (stick, *stick.parents[:3]):
        folder.chmod(0o777)
    disk = f'<disk type="file" device="disk"><driver name="qemu" type="raw"/><source file="{stick}"/>'
    running.attachDeviceFlags(f'{disk}<target dev="vdq" bus="virtio"/></disk>', libvirt.VIR_DOMAIN_AFFECT_LIVE)
    memory = f'<shmem name="{MEMORY}"><model type="ivshmem-plain"/><size unit="M">1</size></shmem>'
    running.attachDeviceFlags(memory, libvirt.VIR_DOMAIN_AFFECT_LIVE)
    after = look(driver.observe(SCOPE).values())
    new = {(door.kind, door.source, door.target, door.what) for door in after.doors} - keys(before)
    workload = "workload/pcvirtio"
    assert new == {
        ("disk", workload, "host", str(stick)),
        ("memory", workload, "host", "shmem, which is in no definition"),
    }
    assert after.unread == ()
