# SPDX-License-Identifier: Apache-2.0
"""Workloads in themselves: interfaces, disks, and fields that exclude each other."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from ringfence.site import place
from ringfence.site.codes import Code
from ringfence.site.declared.site import SiteForm
from ringfence.site.declared.workload import WorkloadForm
from ringfence.site.problems import Problems
from ringfence.site.site import Site
from ringfence.site.tree import Path
from ringfence.site.workload import Interface, Workload

_ONLY = ("zone", "ipv4", "ipv6", "mac")
_IDE_DISKS = 4  # two channels with two disks each


def check_workloads(site: Site, form: SiteForm, problems: Problems) -> None:
    """Add what is wrong with each workload alone to ``problems``."""
    for name, workload in site.workloads.items():
        _ways_to_write(name, form.workloads[name], problems)
        _interfaces(workload, problems)
        _disks(workload, problems)
        _board(workload, problems)
        _probes(workload, problems)


def _ways_to_write(name: str, form: WorkloadForm, problems: Problems) -> None:
    path: Path = ("workloads", name)
    given = [field for field in _ONLY if getattr(form, field) is not None]
    if form.interfaces is None and form.zone is None:
        if not any(problems.is_broken((*path, field)) for field in ("zone", "interfaces")):
            problems.add(Code.MISSING, path, "The workload stands in no zone.", "Add 'zone:'.", key=True)
    elif form.interfaces is not None and given:
        fix = f"Move '{given[0]}' into 'interfaces', or remove 'interfaces'."
        problem = f"'{given[0]}' and 'interfaces' stand here together."
        problems.add(Code.CONTRADICTION, (*path, given[0]), problem, fix, key=True)


def _interfaces(workload: Workload, problems: Problems) -> None:
    path: Path = ("workloads", workload.name, "interfaces")
    for index in _again(interface.name for interface in workload.interfaces):
        name = workload.interfaces[index].name
        problem = f"There are two interfaces named '{name}'."
        problems.add(Code.DUPLICATE, (*path, index), problem, "Give each a name of its own.")
    for index, interface in enumerate(workload.interfaces):
        _reason(interface, index, path, problems)
        _attached(interface, (*path, index), problems)


def _reason(interface: Interface, index: int, path: Path, problems: Problems) -> None:
    if interface.reason or (index == 0 and interface.fabric):
        return
    problem = f"The interface '{interface.name}' does not say why it is needed."
    fix = "Add 'reason:': a machine in two places joins them behind the conduits' back."
    if not interface.fabric:
        fix = f"Add 'reason:': what passes by a '{interface.kind}' is named, limited and counted by no conduit."
    problems.add(Code.MISSING, (*path, index, "reason"), problem, fix)


_ATTACHED: Mapping[str, str] = {"macvtap": "uplink", "vf": "device", "pci": "device"}
"""What each kind of interface is attached to; a bridge's port follows from the zone."""


def _attached(interface: Interface, path: Path, problems: Problems) -> None:
    wanted = _ATTACHED.get(interface.kind)
    given = {"uplink": interface.uplink, "device": interface.device}
    for field, value in given.items():
        if value is not None and field != wanted:
            problem = f"An interface of kind '{interface.kind}' is attached to no {field}."
            problems.add(
                Code.CONTRADICTION, (*path, field), problem, f"Remove '{field}:', or change the kind.", key=True
            )
    if wanted and given[wanted] is None and not problems.is_broken((*path, wanted)):
        problem = f"The interface '{interface.name}' does not say to which {wanted} it is attached."
        fix = "Add 'uplink:' with its name." if wanted == "uplink" else "Add 'device:', such as '0000:03:10.2'."
        problems.add(Code.MISSING, path, problem, fix)


def _disks(workload: Workload, problems: Problems) -> None:
    path: Path = ("workloads", workload.name)
    if not workload.disks and not any(problems.is_broken((*path, field)) for field in ("image", "disks")):
        fix = "Add 'image:', or 'disks:' with a size."
        problems.add(Code.DISK, path, "The workload has no disk to start from.", fix, key=True)
    for index in _again(disk.name for disk in workload.disks):
        problem = f"There are two disks named '{workload.disks[index].name}'; 'image:' makes one named 'root'."
        where = (*place.disk(problems.tree, workload.name, index), "name")
        problems.add(Code.DUPLICATE, where, problem, "Give each a name of its own.")
    for index, disk in enumerate(workload.disks):
        if disk.image is None and disk.size_mib is None:
            problem = f"The disk '{disk.name}' has neither an image nor a size."
            where = place.disk(problems.tree, workload.name, index)
            if not any(problems.is_broken((*where, field)) for field in ("image", "size")):
                problems.add(Code.DISK, where, problem, "Add 'size:', such as 'size: 20 GiB', or 'image:'.")


def _board(workload: Workload, problems: Problems) -> None:
    """QEMU's q35 board has no IDE; its i440FX board is named pc."""
    path: Path = ("workloads", workload.name)
    ide = [index for index, disk in enumerate(workload.disks) if disk.bus == "ide"]
    if ide and workload.chipset == "q35":
        fix = "Write 'bus: sata', or 'chipset: pc' for an old system."
        where = place.disk(problems.tree, workload.name, ide[0])
        problems.add(Code.CONTRADICTION, where, "The chipset q35 has no IDE disks.", fix)
    if len(ide) > _IDE_DISKS:
        where = place.disk(problems.tree, workload.name, ide[_IDE_DISKS])
        problem = f"A workload has at most {_IDE_DISKS} IDE disks."
        problems.add(Code.RANGE, where, problem, "Attach the others by another bus.")
    machine = workload.identity.machine
    if machine is not None and machine.startswith("pc-q35-") != (workload.chipset == "q35"):
        problem = f"The machine type '{machine}' does not have the chipset {workload.chipset}."
        where = (*path, "identity", "machine")
        problems.add(Code.CONTRADICTION, where, problem, "Let 'chipset:' and 'identity: machine:' agree.")


def _probes(workload: Workload, problems: Problems) -> None:
    known = [interface.name for interface in workload.interfaces]
    path: Path = ("workloads", workload.name, "probes")
    for index, probe in enumerate(workload.probes):
        if probe.interface is not None and probe.interface not in known:
            where = (*place.member(problems.tree, path, index), probe.kind, "interface")
            problem = f"The workload has no interface '{probe.interface}'."
            problems.add(Code.REFERENCE, where, problem, f"It has {', '.join(known)}.")


def _again(names: Iterator[str]) -> Iterator[int]:
    """Positions of names that stood before."""
    seen: set[str] = set()
    for index, name in enumerate(names):
        if name in seen:
            yield index
        seen.add(name)
