# SPDX-License-Identifier: Apache-2.0
"""The host's PCI bus and where libvirt listens, as the look for side doors needs them."""

from __future__ import annotations

from collections.abc import Iterable

from ringfence.facts.device import HostDevices
from ringfence.facts.listener import Listener
from ringfence.proof.side import Hardware, PciFunction

_DAEMONS = ("libvirtd", "virtproxyd", "virtqemud")


def hardware_of(devices: HostDevices, listeners: Iterable[Listener] = ()) -> Hardware:
    """Return what was observed. Of a host that nobody looked at no IOMMU group is known."""
    bus = {one.address: PciFunction(one.group, one.is_bridge) for one in devices.pci if devices.at_all}
    listens = sorted({f"{_host(one)}:{one.port}" for one in listeners if not one.local and _is_libvirt(one)})
    return Hardware(bus, tuple(listens))


def _is_libvirt(listener: Listener) -> bool:
    return listener.process.partition(" ")[0] in _DAEMONS


def _host(listener: Listener) -> str:
    return f"[{listener.address}]" if ":" in str(listener.address) else str(listener.address)
