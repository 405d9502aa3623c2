# SPDX-License-Identifier: Apache-2.0
"""Asks libvirt about the host, through virsh: a process that hangs can be ended, a call in our own cannot."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from ringfence.base.errors import Refused
from ringfence.observe.capabilities import Capabilities, parse_capabilities
from ringfence.observe.versions import Version, parse_libvirt_version, parse_version

from .command import demanded

VERSION_DEADLINE_S = 5.0
CAPABILITIES_DEADLINE_S = 30.0  # after an upgrade libvirt first asks every installed QEMU what it can do
_HYPERVISOR = "Running hypervisor:"


@dataclass(frozen=True, slots=True)
class Hypervisor:
    """What libvirt told."""

    libvirt: Version
    qemu: Version
    capabilities: Capabilities


def ask_libvirt(uri: str) -> Hypervisor:
    """Ask for versions and capabilities. Raises Refused, or DeadlinePassed where libvirt hangs."""
    try:
        versions = demanded(["virsh", "-c", uri, "version", "--daemon"], VERSION_DEADLINE_S)
        xml = demanded(["virsh", "-c", uri, "capabilities"], CAPABILITIES_DEADLINE_S)
        capabilities = parse_capabilities(xml.encode())
    except Refused as refused:
        raise type(refused)(f"libvirt does not answer at {uri}. {refused.problem}", _next_step()) from refused
    except ValueError as odd:
        raise Refused(str(odd), f"Look at: virsh -c {uri} capabilities") from odd
    told = [line for line in versions.splitlines() if line.startswith(_HYPERVISOR)]
    return Hypervisor(parse_libvirt_version(versions), parse_version("".join(told)), capabilities)


def _next_step() -> str:
    if os.geteuid() != 0:
        return "Run Ringfence as root, or join the group libvirt and log in again."
    if Path("/run/systemd/system").is_dir():
        return "Start it with 'systemctl start libvirtd', and look at 'journalctl -u libvirtd' if it ends."
    return "Start it with 'virtlogd -d; libvirtd -d', and look into /var/log/libvirt if it ends."
