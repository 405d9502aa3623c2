# SPDX-License-Identifier: Apache-2.0
"""Identity that licences are bound to: it stays through everything that is done to a workload but forgetting it."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from ringfence.compile.scope import Scope

from .conftest import Desk

UUID, MAC = "6e6d9a3c-5c1f-4d0e-9d39-1d5b9f4a7c11", "00:50:56:aa:bb:01"
MOVED_IN = f"""\
  license:
    zone: supervision
    mac: "{MAC}"
    memory: 128 MiB
    disks: [{{name: data, size: 1 GiB, image: nano, serial: WD-WCC4E1234567}}]
    identity: {{uuid: {UUID}, smbios_serial: VMware-56 4d 2a 1b, machine: pc-q35-6.2}}
"""
"""A machine that came from elsewhere, with all that its licence looks at."""
DECLARED = (f'    mac: "{MAC}"\n', f"uuid: {UUID}, ", ", machine: pc-q35-6.2")

Identity = dict[str, str]


@pytest.fixture
def moved_in(desk: Desk) -> Desk:
    desk.change("conduits:\n", f"{MOVED_IN}conduits:\n")
    assert desk("apply", "--yes").status == 0
    return desk


@pytest.fixture
def identity(scope: Scope) -> Callable[[Desk], Identity]:
    def read(desk: Desk) -> Identity:
        parts = desk.host.artifacts.observe(scope)[scope.address("domain", "license")].parts
        (nic,) = {key.split("[")[1].split("]")[0] for key in parts if key.startswith("devices/interface[")}
        return {
            "uuid": parts["uuid"],
            "mac": nic,
            "machine": parts["os/type@machine"],
            "smbios": parts["sysinfo/system/entry[serial]"],
            "disk": parts["devices/disk[vda]/serial[]"],
        }

    return read


WANTED: Identity = {
    "uuid": UUID,
    "mac": MAC,
    "machine": "pc-q35-6.2",
    "smbios": "VMware-56 4d 2a 1b",
    "disk": "WD-WCC4E1234567",
}


def undeclare(desk: Desk) -> None:
    """Leave out of the file what is bound by now, so that only the binding can know it."""
    for text in DECLARED:
        desk.change(text, "")


def test_a_machine_that_moves_in_is_who_it_was(moved_in: Desk, identity: Callable[[Desk], Identity]) -> None:
    assert identity(moved_in) == WANTED


def test_what_was_bound_once_need_not_be_declared_again(moved_in: Desk, identity: Callable[[Desk], Identity]) -> None:
    undeclare(moved_in)
    ran = moved_in("apply", "--yes")
    assert ran.status == 0
    assert "restart" not in ran.out
    assert identity(moved_in) == WANTED


@pytest.mark.parametrize("more", [(), ("--all-data",)], ids=["disks kept", "disks destroyed"])
def test_it_survives_destroy(moved_in: Desk, identity: Callable[[Desk], Identity], more: tuple[str, ...]) -> None:
    undeclare(moved_in)
    assert moved_in("destroy", "--yes", *more).status == 0
    assert moved_in("apply", "--yes").status == 0
    assert identity(moved_in) == WANTED


def test_it_survives_a_rebuild_from_a_newer_image(
    moved_in: Desk, identity: Callable[[Desk], Identity], scope: Scope
) -> None:
    undeclare(moved_in)
    before = moved_in.host.artifacts.observe(scope)[scope.address("volume", "license", "data")].parts["backing"]
    assert moved_in("destroy", "--yes", "--all-data").status == 0
    moved_in.change("/srv/images/nano.qcow2", "/srv/images/nano-2.qcow2")
    assert moved_in("apply", "--yes").status == 0
    after = moved_in.host.artifacts.observe(scope)[scope.address("volume", "license", "data")].parts["backing"]
    assert after != before
    assert identity(moved_in) == WANTED


def test_it_survives_a_workload_that_left_and_comes_back(
    moved_in: Desk, identity: Callable[[Desk], Identity], scope: Scope
) -> None:
    undeclare(moved_in)
    whole = moved_in.file.read_text()
    block = whole[whole.index("  license:") : whole.index("conduits:")]
    moved_in.change(block, "")
    assert moved_in("apply", "--yes").status == 0
    assert scope.address("domain", "license") not in moved_in.host.artifacts.observe(scope)
    moved_in.change("service: modbus", "service: https")
    assert moved_in("apply", "--yes").status == 0
    moved_in.file.write_text(whole)
    assert moved_in("apply", "--yes").status == 0
    assert identity(moved_in) == WANTED


def test_it_survives_revert(moved_in: Desk, identity: Callable[[Desk], Identity]) -> None:
    undeclare(moved_in)
    assert moved_in("apply", "--yes").status == 0
    whole = moved_in.file.read_text()
    moved_in.change(whole[whole.index("  license:") : whole.index("conduits:")], "")
    assert moved_in("apply", "--yes").status == 0
    assert moved_in("revert", "2", "--yes").status == 0
    assert identity(moved_in) == WANTED


def test_the_host_alone_remembers_it(moved_in: Desk, identity: Callable[[Desk], Identity]) -> None:
    """The state folder is lost: what libvirt's metadata keeps is enough."""
    undeclare(moved_in)
    (moved_in.folder / "state").rename(moved_in.folder / "lost")
    assert moved_in("apply", "--yes").status == 0
    assert identity(moved_in) == WANTED
