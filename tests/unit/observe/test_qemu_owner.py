# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

from ringfence.observe.qemu_owner import FileMode, QemuOwner, choose_owner

LIBVIRT_QEMU, KVM = 64055, 109
FOLDER = FileMode(LIBVIRT_QEMU, 0o750)
BOTH = (LIBVIRT_QEMU, KVM)


def test_without_kvm_the_group_of_the_state_folder_is_enough() -> None:
    assert choose_owner(BOTH, FOLDER, None) == QemuOwner(LIBVIRT_QEMU, own_uid=True)


def test_an_open_device_asks_for_no_group() -> None:
    assert choose_owner(BOTH, FOLDER, FileMode(KVM, 0o666)) == QemuOwner(LIBVIRT_QEMU, own_uid=True)


def test_debian_with_udev_leaves_no_group_that_does_both() -> None:
    assert choose_owner(BOTH, FOLDER, FileMode(KVM, 0o660)) == QemuOwner(LIBVIRT_QEMU, own_uid=False)


def test_a_folder_that_lets_others_pass_frees_the_choice() -> None:
    open_folder = FileMode(LIBVIRT_QEMU, 0o751)
    assert choose_owner(BOTH, open_folder, FileMode(KVM, 0o660)) == QemuOwner(KVM, own_uid=True)


def test_roots_group_is_the_last_resort() -> None:
    assert choose_owner((0, KVM), None, None).gid == KVM
    assert choose_owner((0,), None, None) == QemuOwner(0, own_uid=False)
    assert choose_owner((), None, None) == QemuOwner(0, own_uid=False)
