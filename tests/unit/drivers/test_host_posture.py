# SPDX-License-Identifier: Apache-2.0
"""How a host stands, read from trees written by hand: what no machine of ours has, and what is missing."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from ringfence.drivers.facts.census import Census, Passer
from ringfence.drivers.facts.host import HostReader
from ringfence.drivers.facts.kernel import KernelReader
from ringfence.drivers.facts.settings import SettingsReader
from ringfence.drivers.facts.tree import Tree
from ringfence.facts.host import Acceleration
from ringfence.facts.posture import HostPosture, Swap
from ringfence.facts.unseen import Unseen

from .proc_tree import Host, host
from .test_facts import AT

LIBVIRTD = Passer(700, 100, "libvirtd", 0, ("/usr/sbin/libvirtd", "--listen"), ("/",))
NOBODY = Census((), {}, 0)


@pytest.fixture
def here(tmp_path: Path) -> Host:
    return host(tmp_path)


def write(here: Host, path: str, text: str | bytes) -> None:
    place = here.root / path
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_bytes(text if isinstance(text, bytes) else text.encode())


def kernel(here: Host) -> KernelReader:
    return KernelReader(Tree(here.root))


def posture(here: Host, people: Census = NOBODY) -> HostPosture:
    return HostReader(Tree(here.root), people, lambda: Acceleration("yes", "It ran.")).posture("server1", AT)


@pytest.mark.parametrize(
    ("modules", "found"),
    [
        ("capability,apparmor", "apparmor"),
        ("lockdown,selinux", "selinux"),
        ("capability,landlock", "none"),
        ("smack", "other"),
    ],
)
def test_the_kernels_list_of_modules_counts(here: Host, modules: str, found: str) -> None:
    write(here, "sys/kernel/security/lsm", modules)
    assert kernel(here).mac() == found


def test_without_the_list_the_modules_own_switch_counts(here: Host) -> None:
    (here.root / "sys/kernel/security/lsm").unlink()
    write(here, "sys/module/apparmor/parameters/enabled", "Y\n")
    assert kernel(here).mac() == "apparmor"
    write(here, "sys/module/apparmor/parameters/enabled", "N\n")
    write(here, "proc/filesystems", "nodev\tselinuxfs\n")
    assert kernel(here).mac() == "selinux"
    write(here, "proc/filesystems", "nodev\tproc\n")
    assert kernel(here).mac() == "none", "no process has a label"
    write(here, "proc/self/attr/current", "label")
    assert kernel(here).mac() == "other"


def test_lockdown_is_none_only_where_the_kernel_has_none(here: Host) -> None:
    write(here, "proc/filesystems", "nodev\tsecurityfs\n")
    assert kernel(here).hardening().lockdown == "none"
    (here.root / "sys/kernel/security/lsm").unlink()
    found = kernel(here).hardening().lockdown
    assert isinstance(found, Unseen)
    assert "not mounted" in found.why
    write(here, "proc/filesystems", "nodev\tproc\n")
    assert kernel(here).hardening().lockdown == "none"
    write(here, "sys/kernel/security/lockdown", "none [confidentiality]")
    assert kernel(here).hardening().lockdown == "confidentiality"


def test_secure_boot_of_the_host(here: Host) -> None:
    assert kernel(here).hardening().secure_boot == "no uefi"
    variable = "sys/firmware/efi/efivars/SecureBoot-8be4df61-93ca-11d2-aa0d-00e098032b8c"
    (here.root / "sys/firmware/efi").mkdir(parents=True)
    assert isinstance(kernel(here).hardening().secure_boot, Unseen)
    write(here, variable, b"\x06\0\0\0\x01")
    assert kernel(here).hardening().secure_boot == "on"
    write(here, variable, b"\x06\0\0\0\x00")
    assert kernel(here).hardening().secure_boot == "off"


def test_what_machines_share(here: Host) -> None:
    write(here, "sys/kernel/mm/ksm/run", "1")
    write(here, "sys/devices/system/cpu/smt/control", "on\n")
    write(here, "sys/module/kvm_amd/parameters/nested", "1\n")
    write(here, "sys/kernel/iommu_groups/0/x", "")
    write(here, "sys/bus/pci/drivers/vfio-pci/0000:03:00.0/x", "")
    write(here, "sys/bus/pci/drivers/vfio-pci/new_id", "")
    write(here, "sys/block/dm-1/dm/uuid", "CRYPT-LUKS2-x")
    write(here, "sys/block/zram0/backing_dev", "none\n")
    rows = "".join(f"{path}\t{kind}\t1\t0\t-2\n" for path, kind in SWAPS)
    write(here, "proc/swaps", f"Filename Type Size Used Priority\n{rows}")
    found = kernel(here).sharing()
    assert (found.merging, found.threads, found.nested, found.iommu_groups) == (True, "on", True, 1)
    assert found.passed == ("0000:03:00.0",)
    assert found.swaps == tuple(
        Swap(path, kind, known) for (path, kind), known in zip(SWAPS, (True, True, False, None), strict=True)
    )


SWAPS = (("/dev/dm-1", "partition"), ("/dev/zram0", "partition"), ("/dev/sda2", "partition"), ("/swapfile", "file"))


def test_an_empty_tree_is_unseen_and_no_fault(here: Host) -> None:
    found = posture(here)
    unseen = {name for name in found.__slots__ if isinstance(getattr(found, name), Unseen)}
    assert {"kernel", "members"} <= unseen
    assert isinstance(found.hardening.mitigations, Unseen)
    assert isinstance(found.sharing.threads, Unseen)


def test_what_the_host_runs_on(here: Host) -> None:
    write(here, "proc/cpuinfo", "flags\t: fpu hypervisor\n")
    assert kernel(here).virtualised() == "another hypervisor"
    write(here, "sys/class/dmi/id/sys_vendor", "QEMU\n")
    assert kernel(here).virtualised() == "QEMU"
    write(here, "proc/cpuinfo", "flags\t: fpu vmx\n")
    assert kernel(here).virtualised() == ""


def test_libvirts_settings_are_those_of_the_daemon_that_runs(here: Host) -> None:
    write(here, "etc/libvirt/qemu.conf", 'user = "root"\n')
    write(here, "etc/libvirt/libvirtd.conf", "listen_tcp = 1\n")
    write(here, "etc/libvirt/virtqemud.conf", 'auth_unix_rw = "none"\n')
    write(here, "proc/stat", "btime 1\n")
    people = Census((LIBVIRTD,), {}, 0)
    found = SettingsReader(Tree(here.root), people).settings()
    assert (found.qemu, found.daemon) == ({"user": "root"}, {"listen_tcp": "1", "--listen": "1"})
    assert found.unread == ("/etc/libvirt/qemu.conf", "/etc/libvirt/libvirtd.conf")
    for name in ("qemu.conf", "libvirtd.conf"):
        os.utime(here.root / "etc/libvirt" / name, (1, 1))
    assert SettingsReader(Tree(here.root), people).settings().unread == ()
    assert SettingsReader(Tree(here.root), NOBODY).settings().unread == (), "nobody runs who could have an older one"


def test_members_of_groups_by_their_primary_group_too(here: Host) -> None:
    write(here, "etc/group", "libvirt:x:107:ann,bob\nkvm:x:108:\nusers:x:100:eve\n")
    write(here, "etc/passwd", "ann:x:1000:100::/:/bin/sh\nqemu:x:64055:108::/:/bin/false\nodd\n")
    assert SettingsReader(Tree(here.root), NOBODY).members() == {"libvirt": ("ann", "bob"), "kvm": ("qemu",)}


def test_who_listens_and_who_holds_it(here: Host) -> None:
    row = "   0: {} 00000000:0000 {} 0:0 00:0 0 0 0 {} 1\n"
    write(
        here,
        "proc/self/net/tcp",
        "head\n" + row.format("00000000:0016", "0A", 5) + row.format("00000000:0050", "01", 6),
    )
    write(here, "proc/self/net/udp", "head\n" + row.format("0100007F:0143", "07", 7))
    found = posture(here, Census((), {5: "sshd (70)"}, 0)).listeners
    assert not isinstance(found, Unseen)
    assert [str(one) for one in found] == ["tcp 0.0.0.0:22 of sshd (70)", "udp 127.0.0.1:323"]
