# SPDX-License-Identifier: Apache-2.0
"""What libvirt is known to add to a definition, per version. Golden-tested against define and dump of each version."""

from __future__ import annotations

from ringfence.compile.document import Kind
from ringfence.compile.tolerance import Allowance, Tolerance
from ringfence.facts.host import Versions

_ADDED: tuple[tuple[tuple[int, ...], Allowance], ...] = (
    (
        (),
        Allowance(
            Kind.DOMAIN,
            r"devices/emulator",
            r"/usr/bin/qemu-system-x86_64|/usr/bin/kvm|/usr/libexec/qemu-kvm",
            "libvirt names the distribution's QEMU; any other program would be run as root's choice of emulator.",
        ),
    ),
)


def tolerated(versions: Versions) -> Tolerance:
    """Return the defaults that this host's libvirt adds to domains."""
    return Tolerance(tuple(entry for first, entry in _ADDED if versions.libvirt >= first))
