# SPDX-License-Identifier: Apache-2.0
"""What libvirt is known to add to a definition, per version. Golden-tested against define and dump of each version.

Definitions spell out nearly everything, so that the list is short: what stands on it nobody can use to smuggle a device
in. Volumes, images, seeds and runs tolerate nothing.
"""

from __future__ import annotations

from collections.abc import Mapping

from ringfence.compile.document import Kind
from ringfence.compile.tolerance import Allowance, Tolerance
from ringfence.facts.host import Versions


def tolerated(versions: Versions) -> Tolerance:
    """Return the defaults that this host's libvirt adds to domains."""
    found = (allowance for first, allowances in _ADDED.items() if versions.libvirt >= first for allowance in allowances)
    return Tolerance(tuple(found))


def _added(key: str, value: str, why: str) -> Allowance:
    return Allowance(Kind.DOMAIN, key, value, why)


_UEFI = "libvirt says what kind of UEFI firmware the loader is"
_ADDED: Mapping[tuple[int, ...], tuple[Allowance, ...]] = {
    (): (
        _added(
            r"devices/emulator",
            r"/usr/bin/qemu-system-x86_64|/usr/bin/kvm|/usr/libexec/qemu-kvm",
            "libvirt names the distribution's QEMU; any other program there is drift",
        ),
    ),
    (9, 1, 0): (
        _added(r"devices/watchdog\[itco\]@model", r"itco", "every q35 has this timer; libvirt began to show it"),
        _added(r"devices/watchdog\[itco\]@action", r"reset", "what it does is QEMU's default"),
    ),
    (10, 0, 0): (
        _added(r"os@firmware", r"efi", _UEFI),
        _added(r"os/firmware/feature\[(enrolled-keys|secure-boot)\]@name", r"enrolled-keys|secure-boot", _UEFI),
        _added(r"os/firmware/feature\[(enrolled-keys|secure-boot)\]@enabled", r"no", _UEFI),
        _added(r"os/(loader|nvram)@(format|templateFormat)", r"raw", _UEFI),
    ),
}
