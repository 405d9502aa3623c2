# SPDX-License-Identifier: Apache-2.0
"""Criteria about mandatory access control of a machine's process."""

from __future__ import annotations

from ringfence.assure.running.criterion import Answer, aside, broken, criterion, either, unproven
from ringfence.assure.running.ground import MachineGround
from ringfence.facts.unseen import Unseen


@criterion(
    "RF-PRC-009",
    1,
    *("NIST SP 800-53r5 SC-3", "NIST SP 800-53r5 SC-39", "BSI SYS.1.5.A22"),
    how="/proc/PID/attr/current",
    fix="Set security_driver to the kernel's module in /etc/libvirt/qemu.conf, restart libvirt, then the workload.",
)
def labelled(ground: MachineGround) -> Answer:
    """Where the kernel has mandatory access control, it confines the process.

    An unconfined process on such a kernel was switched off by somebody.
    """
    found = _label(ground)
    if isinstance(found, Answer):
        return found
    if found[0] == "none":
        return aside("This kernel has no mandatory access control; RF-PRC-010 judges that.")
    return either(found[2], f"It is confined: {found[1]}.", f"It is not confined: {found[1]}.", found[1])


@criterion(
    "RF-PRC-010",
    3,
    *("IEC 62443-3-3 SR 2.1", "NIST SP 800-53r5 SC-3", "NIST SP 800-53r5 SC-39", "BSI SYS.1.5.A22"),
    how="/proc/PID/attr/current, /sys/kernel/security/lsm",
    fix="Boot a kernel with AppArmor or SELinux (Debian and Ubuntu have AppArmor on), or lower the zone's level.",
)
def mandatory(ground: MachineGround) -> Answer:
    """Mandatory access control confines the process.

    A second wall that holds where a uid and a filter do not: it names each file that the machine may touch.
    """
    found = _label(ground)
    if isinstance(found, Answer):
        return found
    if found[0] == "none":
        return broken("This kernel has no mandatory access control.", "none")
    return either(found[2], f"It is confined: {found[1]}.", f"It is not confined: {found[1]}.", found[1])


def _label(ground: MachineGround) -> Answer | tuple[str, str, bool]:
    process = ground.facts.process
    if isinstance(process, Unseen):
        return unproven(process)
    label = process.label
    if isinstance(label, Unseen):
        return unproven(label)
    return label.module, f"{label.module} {label.text}".strip(), label.enforcing
