# SPDX-License-Identifier: Apache-2.0
"""What a machine's process may hold open: its own disks, seed, sockets and taps, and what every QEMU needs."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import PurePosixPath

from ringfence.facts.process import OpenFile

from .ground import MachineGround

_PLAIN_DEVICES = frozenset(
    {
        *("/dev/null", "/dev/zero", "/dev/full", "/dev/random", "/dev/urandom", "/dev/ptmx", "/dev/pts/ptmx"),
        *("/dev/kvm", "/dev/vhost-net", "/dev/net/tun"),
    }
)
_ANONYMOUS = re.compile(
    r"anon_inode:(\[(eventfd|eventpoll|signalfd|timerfd|io_uring|aio)\]|inotify|kvm-[a-z]\S*)",
    re.ASCII,
)
_FIRMWARE = ("/usr/share/OVMF", "/usr/share/qemu", "/usr/share/seabios", "/usr/share/edk2", "/usr/share/ipxe")
_RECORDS = "/run/libvirt/qemu"
_STATE = "/var/lib/libvirt/qemu"


def foreign(ground: MachineGround, files: tuple[OpenFile, ...]) -> Iterator[str]:
    """Yield what is open and does not belong to the machine, each as ``PATH (descriptor N)``."""
    for one in files:
        if not _own(ground, one):
            shown = " for writing" if one.writable and one.kind == "file" else ""
            gone = ", deleted" if one.deleted else ""
            yield f"{one.target or 'a socket without a name'} (descriptor {one.descriptor}{shown}{gone})"


def _own(ground: MachineGround, one: OpenFile) -> bool:
    match one.kind:
        case "pipe" | "memory":
            return True
        case "anonymous":
            return _ANONYMOUS.fullmatch(one.target) is not None
        case "tap":
            return one.target.removeprefix("tap:") in _taps(ground)
        case "unix":
            return _own_socket(ground, one.target.removeprefix("unix:"))
        case _:
            return _own_path(ground, one)


def _own_path(ground: MachineGround, one: OpenFile) -> bool:
    if one.kind == "device":
        return _own_device(ground, one.target)
    return one.kind == "file" and not one.deleted and _own_file(ground, one)


def _taps(ground: MachineGround) -> set[str]:
    return {nic.tap for nic in ground.binding.interfaces.values()} if ground.binding else set()


def _own_device(ground: MachineGround, path: str) -> bool:
    if path in _PLAIN_DEVICES or re.fullmatch(r"/dev/pts/\d+", path):
        return True
    kinds = {device.kind for device in ground.workload.devices} | {nic.kind for nic in ground.workload.interfaces}
    given = {
        "/dev/vfio/": {"pci", "vf"},
        "/dev/iommu": {"pci", "vf"},
        "/dev/bus/usb/": {"usb"},
        "/dev/tap": {"macvtap"},
    }
    if any(path.startswith(start) and kinds & wanted for start, wanted in given.items()):
        return True
    return "serial" in kinds and path.startswith("/dev/tty")


def _own_socket(ground: MachineGround, path: str) -> bool:
    """Tell whether a socket is the machine's. One that connects has no name: only the one to its TPM may be such."""
    if not path:
        return ground.workload.tpm
    folder = re.compile(rf"(domain-)?\d+-{re.escape(ground.facts.domain)}(-swtpm\.sock)?", re.ASCII)
    below = path.startswith((f"{_STATE}/", f"{_RECORDS}/"))
    return below and any(folder.fullmatch(part) for part in PurePosixPath(path).parts)


def _own_file(ground: MachineGround, one: OpenFile) -> bool:
    if not one.writable and one.target.startswith(_FIRMWARE):
        return True
    if PurePosixPath(one.target).is_relative_to(ground.places.base_folder):
        return not one.writable and _own_base(ground, one.target)
    return one.target in set(_paths(ground))


def _own_base(ground: MachineGround, path: str) -> bool:
    return ground.binding is not None and PurePosixPath(path).stem in ground.binding.images.values()


def _paths(ground: MachineGround) -> Iterator[str]:
    places, name, domain = ground.places, ground.workload.name, ground.facts.domain
    yield from (places.volume(name, disk.name) for disk in ground.workload.disks)
    yield from (places.seed(name), places.nvram(name), places.console_log(name))
    yield from (
        f"{_RECORDS}/{domain}.pid",
        f"/var/run/libvirt/qemu/{domain}.pid",
        f"/var/log/libvirt/qemu/{domain}.log",
    )
