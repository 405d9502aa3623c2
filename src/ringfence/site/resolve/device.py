# SPDX-License-Identifier: Apache-2.0
"""Resolves devices."""

from __future__ import annotations

from collections.abc import Sequence

from ringfence.site.declared.device import DeviceForm
from ringfence.site.workload import Device


def devices(forms: Sequence[DeviceForm]) -> tuple[Device, ...]:
    """Return the devices in the order they are written."""
    return tuple(_device(form) for form in forms)


def _device(form: DeviceForm) -> Device:
    if form.usb is not None:
        return Device("usb", form.usb.model_dump(exclude_none=True))
    if form.pci is not None:
        return Device("pci", form.pci.model_dump())
    if form.serial is not None:
        return Device("serial", form.serial.model_dump())
    if form.guest_agent is not None:
        return Device("guest-agent")
    return Device("rng") if form.rng is not None else Device("watchdog")
