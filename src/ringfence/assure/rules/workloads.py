# SPDX-License-Identifier: Apache-2.0
"""Rules about how a workload is built."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping

from ringfence.assure.ground import Ground
from ringfence.assure.rule import Found, rule
from ringfence.base.diagnostics import Severity
from ringfence.site.service import PortRange
from ringfence.site.site import Site
from ringfence.site.workload import Workload

from .zones import STRICT

HOST_DEVICES = frozenset({"usb", "pci", "serial"})
HOST_INTERFACES = frozenset({"macvtap", "vf", "pci"})
_PASSWORDS = re.compile(
    r"^\s*(?:plain_text_passwd|ssh_pwauth\s*:\s*(?:true|yes|1)|chpasswd|password)\b",
    re.MULTILINE | re.IGNORECASE,
)
"""Keys of cloud-config that set or allow passwords (cloud-init documentation, modules Users and Groups, "
"Set Passwords)."""


def _strict(ground: Ground) -> Iterator[tuple[Workload, int]]:
    for workload in ground.site.workloads.values():
        level = ground.level_of(workload)
        if level >= STRICT:
            yield workload, level


@rule(
    "RF-WKL-001",
    Severity.MEDIUM,
    "IEC 62443-3-3 SR 3.4",
    "NIST SP 800-53r5 SI-7",
    fix="Set 'firmware: uefi' where the guest can boot with it, or accept the finding for a legacy system.",
)
def legacy_firmware(ground: Ground) -> Iterator[Found]:
    """A workload in a zone of SL-T 3 or more boots with BIOS.

    BIOS starts whatever lies in the first sector. It can neither check a signature nor measure what it
    starts.
    """
    for workload, level in _strict(ground):
        if workload.firmware == "bios":
            problem = f"Workload '{workload.name}' boots with BIOS in a zone of SL-T {level}."
            yield Found(f"workload/{workload.name}", problem, "firmware")


@rule(
    "RF-WKL-002",
    Severity.LOW,
    "IEC 62443-3-3 SR 7.7",
    "NIST SP 800-125",
    fix="Set 'display: none' and use the serial console or a conduit for remote access.",
)
def display_strict(ground: Ground) -> Iterator[Found]:
    """A workload in a zone of SL-T 3 or more has a display.

    A display is one more emulated device, and a way to the guest's keyboard beside all conduits.
    """
    for workload, level in _strict(ground):
        if workload.display != "none":
            problem = f"Workload '{workload.name}' has a display in a zone of SL-T {level}."
            yield Found(f"workload/{workload.name}", problem, "display")


@rule(
    "RF-WKL-003",
    Severity.LOW,
    "IEC 62443-3-3 SR 7.7",
    "NIST SP 800-125",
    fix="Remove the device 'guest-agent'; Ringfence stops a guest without it by its power button.",
)
def agent_strict(ground: Ground) -> Iterator[Found]:
    """A workload in a zone of SL-T 3 or more runs a guest agent.

    The agent takes commands from the host beside all conduits: a side door into a zone that should have none.
    """
    for workload, level in _strict(ground):
        if any(device.kind == "guest-agent" for device in workload.devices):
            problem = f"Workload '{workload.name}' has a guest agent in a zone of SL-T {level}."
            yield Found(f"workload/{workload.name}", problem, "devices")


@rule(
    "RF-WKL-004",
    Severity.LOW,
    "IEC 62443-3-3 SR 7.7",
    "NIST SP 800-125A",
    fix="Use virtio where the guest has drivers for it, or accept the finding for a legacy system.",
)
def emulated_nic_strict(ground: Ground) -> Iterator[Found]:
    """A workload in a zone of SL-T 3 or more has an emulated network card.

    Models of old cards are large programs that parse what a guest sends them; most escapes from virtual
    machines went through such a model.
    """
    for workload, level in _strict(ground):
        models = dict.fromkeys(i.model for i in workload.interfaces if i.model != "virtio")
        if models:
            problem = f"Workload '{workload.name}' has an emulated {' and '.join(models)} in a zone of SL-T {level}."
            yield Found(f"workload/{workload.name}", problem, "interfaces")


@rule(
    "RF-WKL-006",
    Severity.HIGH,
    "IEC 62443-3-3 SR 7.1",
    "NIST SP 800-53r5 CP-10",
    fix="Accept the finding until sites of several hosts are built, or drop 'apart_from'.",
)
def not_apart(ground: Ground) -> Iterator[Found]:
    """Workloads that have to be apart share a host.

    They were declared apart so that one fault cannot take both. On one host, one fault does.
    """
    hosts = ground.placement.hosts
    for workload in ground.site.workloads.values():
        for other in workload.apart_from:
            host = hosts.get(workload.name)
            if host is not None and host == hosts.get(other):
                problem = f"Workload '{workload.name}' has to be apart from '{other}', and both run on host '{host}'."
                yield Found(f"workload/{workload.name}", problem, "apart_from")


def _from_host(workload: Workload) -> list[str]:
    devices = [device.kind for device in workload.devices if device.kind in HOST_DEVICES]
    return [*devices, *(i.kind for i in workload.interfaces if i.kind in HOST_INTERFACES)]


@rule(
    "RF-WKL-007",
    Severity.HIGH,
    "IEC 62443-3-3 SR 2.3",
    "IEC 62443-3-3 SR 5.4",
    "NIST SP 800-125A",
    fix="Give it to a workload of the highest SL-T on that host, or use a host of its own.",
)
def passed_into_lower_zone(ground: Ground) -> Iterator[Found]:
    """A device of the host is passed to a workload of a lower zone.

    Real hardware can be changed for good by the guest that holds it, and talks to the host's buses. In the
    hands of a less protected zone it is a way to the better protected ones on the same host.
    """
    for workloads in ground.workloads_by_host.values():
        highest = max((ground.level_of(workload) for workload in workloads), default=0)
        for workload in workloads:
            kinds, level = _from_host(workload), ground.level_of(workload)
            if kinds and level < highest:
                problem = (
                    f"Workload '{workload.name}' (SL-T {level}) gets a "
                    f"{' and a '.join(dict.fromkeys(kinds))} device "
                    f"of a host that also carries SL-T {highest}."
                )
                yield Found(f"workload/{workload.name}", problem, "devices")


@rule(
    "RF-WKL-008",
    Severity.MEDIUM,
    "IEC 62443-3-3 SR 1.5",
    "IEC 62443-3-3 SR 1.7",
    fix="Use 'ssh_authorized_keys' and leave passwords out of 'user_data'.",
)
def password_in_seed(ground: Ground) -> Iterator[Found]:
    """A cloud-init document sets or allows passwords.

    It stands readably in the site file, in its history and on the guest's seed disk.
    """
    for workload in ground.site.workloads.values():
        if workload.cloud_init is not None and _PASSWORDS.search(workload.cloud_init.user_data):
            problem = f"The cloud-init document of workload '{workload.name}' sets or allows a password."
            yield Found(f"workload/{workload.name}", problem, "cloud_init")


@rule(
    "RF-WKL-009",
    Severity.LOW,
    "IEC 62443-3-3 SR 3.4",
    "NIST SP 800-125",
    fix="Set 'sha256' of the image (sha256sum FILE prints it).",
)
def image_not_pinned(ground: Ground) -> Iterator[Found]:
    """A workload in a zone of SL-T 3 or more starts from an image that is not pinned.

    Whoever can change the file changes what the workload runs, and nobody notices.
    """
    for workload, level in _strict(ground):
        for image in _unpinned(ground.site, workload):
            problem = (
                f"Workload '{workload.name}' in a zone of SL-T {level} starts from image '{image}' without sha256."
            )
            yield Found(f"workload/{workload.name}", problem, "disks")


def _unpinned(site: Site, workload: Workload) -> dict[str, None]:
    images = (disk.image for disk in workload.disks if disk.image is not None)
    return dict.fromkeys(image for image in images if site.images[image].sha256 is None)


def _offered(ground: Ground) -> Mapping[str, set[PortRange]]:
    """TCP ports that conduits offer, by who answers: ``workload/x`` or ``zone/x``."""
    offered: dict[str, set[PortRange]] = defaultdict(set)
    for opening in ground.openings:
        if opening.flow.protocol == "tcp":
            for end in opening.answerers:
                offered[f"{end.kind}/{end.name}"].update(opening.flow.ports)
    return offered


@rule(
    "RF-WKL-010",
    Severity.INFO,
    "IEC 62443-3-3 SR 3.3",
    fix="Probe a port that others use, or keep the probe if it answers for the whole workload.",
)
def probe_asks_elsewhere(ground: Ground) -> Iterator[Found]:
    """A probe asks a port that no conduit offers.

    It then tells that something answers, but not that what others need does.
    """
    offered = _offered(ground)
    for workload in ground.site.workloads.values():
        ends = (f"workload/{workload.name}", *(f"zone/{zone.name}" for zone in ground.zones_of(workload)))
        served = [ports for end in ends for ports in offered.get(end, ())]
        for probe in workload.probes:
            if served and not any(ports.first <= probe.port <= ports.last for ports in served):
                problem = f"The probe of workload '{workload.name}' asks port {probe.port}, which no conduit offers."
                yield Found(f"workload/{workload.name}", problem, "probes")
