# SPDX-License-Identifier: Apache-2.0
"""Criteria about what a machine's process may use up of its host."""

from __future__ import annotations

from ringfence.assure.running.criterion import Answer, broken, criterion, either, holds, unproven
from ringfence.assure.running.ground import MachineGround
from ringfence.base.units import MiB
from ringfence.facts.cgroup import CgroupFacts
from ringfence.facts.unseen import Unseen

_HOW = "/proc/PID/cgroup and the files of its groups"
_BOUND = "Bound all machines together: 'systemctl set-property machine.slice {0}', with room for every workload."


def _cgroup(ground: MachineGround) -> CgroupFacts | Unseen:
    process = ground.facts.process
    return process if isinstance(process, Unseen) else process.cgroup


@criterion(
    "RF-LIM-001",
    1,
    *("IEC 62443-3-3 SR 7.2", "NIST SP 800-53r5 SC-6", "HB-06"),
    how=_HOW,
    fix="Let libvirt use control groups: look at cgroup_controllers in /etc/libvirt/qemu.conf.",
)
def own_group(ground: MachineGround) -> Answer:
    """Its process stands in a control group of its own.

    Shares, limits and the judgement of devices hang on that group.
    """
    found = _cgroup(ground)
    if isinstance(found, Unseen):
        return unproven(found)
    return either(found.own, "It has a control group of its own.", "It shares its control group.", found.path)


@criterion(
    "RF-LIM-002",
    4,
    *("IEC 62443-3-3 SR 7.1", "IEC 62443-3-3 SR 7.2", "NIST SP 800-53r5 SC-5", "HB-03", "BSI SYS.1.5.A21"),
    how=_HOW,
    fix=_BOUND.format("MemoryMax=90%"),
)
def memory(ground: MachineGround) -> Answer:
    """Memory of its process has a ceiling.

    A guest has the memory it was promised; QEMU beside it has no bound of its own, and a fault there eats the host.
    """
    return _limit(ground, "memory", _cgroup(ground), "memory_max")


@criterion(
    "RF-LIM-003",
    4,
    *("IEC 62443-3-3 SR 7.1", "IEC 62443-3-3 SR 7.2", "NIST SP 800-53r5 SC-5", "HB-06", "BSI SYS.1.5.A21"),
    how=_HOW,
    fix=_BOUND.format("CPUQuota=..."),
)
def processor(ground: MachineGround) -> Answer:
    """Processor time of its process has a ceiling.

    Without one, a guest that spins takes what others do not use, and slows them when they want it.
    """
    return _limit(ground, "processor time", _cgroup(ground), "cpu_cores")


@criterion(
    "RF-LIM-004",
    4,
    *("IEC 62443-3-3 SR 7.1", "NIST SP 800-53r5 SC-5"),
    how=_HOW,
    fix=_BOUND.format("TasksMax=..."),
)
def tasks(ground: MachineGround) -> Answer:
    """The number of its threads has a ceiling.

    The numbers of processes are the host's; who uses them up stops everything that has to be started.
    """
    return _limit(ground, "the number of threads", _cgroup(ground), "pids_max")


@criterion(
    "RF-LIM-005",
    4,
    *("IEC 62443-3-3 SR 7.1", "NIST SP 800-53r5 SC-5", "HB-13"),
    how=_HOW,
    fix=_BOUND.format("IOWriteBandwidthMax=..."),
)
def disks(ground: MachineGround) -> Answer:
    """Its reads and writes have a ceiling.

    One machine that writes without pause makes every other one wait for its disk.
    """
    found = _cgroup(ground)
    if isinstance(found, Unseen):
        return unproven(found)
    shown = "; ".join(found.io_limits)
    return either(bool(found.io_limits), "Its disks have a ceiling.", "Its disks have no ceiling.", shown or "none")


def _limit(ground: MachineGround, what: str, found: CgroupFacts | Unseen, field: str) -> Answer:
    if isinstance(found, Unseen):
        return unproven(found)
    limit = getattr(found, field)
    if isinstance(limit, Unseen):
        return unproven(limit)
    if limit is None:
        return broken(f"For {what} there is no ceiling.", "none")
    shown = f"{limit // MiB} MiB" if field == "memory_max" else f"{limit:g}"
    needed = ground.workload.memory_mib * MiB if field == "memory_max" else 0
    if limit < needed:
        return broken(f"The ceiling for {what} ({shown}) is below what the workload was promised.", shown)
    return holds(f"For {what} there is a ceiling: {shown}.", shown)
