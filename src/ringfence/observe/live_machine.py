# SPDX-License-Identifier: Apache-2.0
"""A running domain's XML as facts about the machine, and libvirt's own record of it (/run/libvirt/qemu/NAME.xml)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from lxml import etree

from ringfence.base.errors import BadInput
from ringfence.compile.part.flatten import parse
from ringfence.facts.machine import Cpu, Firmware, LiveDisk, LiveMachine
from ringfence.facts.unseen import Unseen

_SHARED = ("filesystem", "redirdev", "smartcard", "shmem", "vsock", "hostdev", "panic", "crypto")
"""Devices with which guest and host, or two guests, have something in common beside disks and networks."""
_CLIPBOARD = {"spicevmc", "qemu-vdagent", "spiceport", "dbus"}
_NOT_READ = Unseen("The header of the disk was not read.")


@dataclass(frozen=True, slots=True)
class Record:
    """libvirt's record of a machine that runs: process number, state, and the live definition as XML."""

    pid: int
    state: str
    xml: str


def parse_record(text: str) -> Record:
    """Read ``<domstatus>``. Raises BadInput for anything else."""
    root = parse(text)
    domain = root.find("domain")
    if root.tag != "domstatus" or domain is None or not root.get("pid", "").isdigit():
        raise BadInput("libvirt's record of the machine is odd.", "Look at it with 'virsh dumpxml'.")
    return Record(int(root.get("pid", "0")), root.get("state", ""), etree.tostring(domain, encoding="unicode"))


def parse_live(xml: str, source: Literal["libvirt", "state file"]) -> LiveMachine:
    """Read a live definition. Raises BadInput."""
    root = parse(xml)
    kind = root.find("os/type")
    if root.tag != "domain" or kind is None:
        raise BadInput("libvirt's word on the machine is no domain.", "Look at it with 'virsh dumpxml'.")
    return LiveMachine(
        source,
        kind.get("machine", ""),
        tuple(_disk(found) for found in root.iterfind("devices/disk")),
        _firmware(root),
        _cpu(root.find("cpu")),
        _tpm(root),
        root.findtext("os/kernel", ""),
        tuple(_displays(root)),
        tuple(_channels(root)),
        root.find("memoryBacking/locked") is not None,
        _dumps(root),
    )


def _disk(disk: etree._Element) -> LiveDisk:
    target = disk.find("target")
    name = target.get("dev", "") if target is not None else ""
    return LiveDisk(name, tuple(_chain(disk)), _NOT_READ, disk.find("readonly") is not None)


def _chain(disk: etree._Element) -> Iterator[str]:
    level: etree._Element | None = disk
    while level is not None:
        source = level.find("source")
        if source is not None:
            yield next((source.get(key, "") for key in ("file", "dev", "dir", "name") if source.get(key)), "")
        level = level.find("backingStore")


def _firmware(root: etree._Element) -> Firmware:
    loader = root.find("os/loader")
    if loader is None or loader.get("type") != "pflash":
        return Firmware("bios")
    secure = loader.get("secure") == "yes" and root.find("features/smm[@state='on']") is not None
    store = root.findtext("os/nvram", "")
    return Firmware("uefi", loader.text or "", store, secure, Unseen("The variable store was not read."))


def _cpu(cpu: etree._Element | None) -> Cpu:
    if cpu is None:
        return Cpu("", "")
    features = {found.get("name", ""): found.get("policy", "require") for found in cpu.iterfind("feature")}
    return Cpu(
        cpu.get("mode", "custom"),
        cpu.findtext("model", ""),
        frozenset(name for name, policy in features.items() if policy in {"require", "force"}),
        frozenset(name for name, policy in features.items() if policy in {"disable", "forbid"}),
        told=cpu.get("check") == "full",
    )


def _tpm(root: etree._Element) -> str:
    backend = root.find("devices/tpm/backend")
    return backend.get("type", "") if backend is not None else ""


def _displays(root: etree._Element) -> Iterator[str]:
    for found in root.iterfind("devices/graphics"):
        listen = found.find("listen")
        socket = found.get("socket") or (listen.get("socket") if listen is not None else None)
        address = found.get("listen") or (listen.get("address", "") if listen is not None else "")
        port = found.get("port", "")
        yield f"{found.get('type')}:" + (socket or f"{address}:{port}")


def _channels(root: etree._Element) -> Iterator[str]:
    for found in root.iterfind("devices/channel"):
        target = found.find("target")
        kind = found.get("type", "")
        yield kind if kind in _CLIPBOARD else target.get("name", kind) if target is not None else kind
    for tag in _SHARED:
        yield from (f"{tag}:{found.get('type', found.get('model', ''))}" for found in root.iterfind(f"devices/{tag}"))


def _dumps(root: etree._Element) -> bool:
    memory = root.find("memory")
    return memory is None or memory.get("dumpCore") != "off"
