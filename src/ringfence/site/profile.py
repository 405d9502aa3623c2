# SPDX-License-Identifier: Apache-2.0
"""A profile: a named set of workload defaults. Profiles do not inherit."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

from ringfence.base.units import GiB, MiB

from .workload import Bus, Device, Firmware, NicModel

_GIB_IN_MIB = GiB // MiB


@dataclass(frozen=True, slots=True)
class Profile:
    """Defaults of a workload; what a workload says itself always wins."""

    name: str
    description: str = ""
    vcpus: int = 1
    memory_mib: int = _GIB_IN_MIB
    chipset: Literal["q35", "pc"] = "q35"
    firmware: Firmware = "bios"
    tpm: bool = False
    clock: Literal["utc", "localtime"] = "utc"
    display: Literal["none", "vnc"] = "none"
    bus: Bus = "virtio"
    nic: NicModel = "virtio"
    devices: tuple[Device, ...] = (Device("guest-agent"), Device("rng"))
    realtime: bool = False


# Windows brings drivers for SATA and e1000 and none for virtio; it keeps the hardware clock in local time and shows
# set-up and crashes on a screen only. Old systems know an i440FX board with IDE and an RTL8139.
_BUILT_IN = (
    Profile("linux-server", "A Linux server of this century: everything virtio."),
    Profile(
        "windows-server",
        "A Windows server without virtio drivers: SATA, e1000, UEFI, a screen.",
        vcpus=2,
        memory_mib=4 * _GIB_IN_MIB,
        firmware="uefi",
        clock="localtime",
        display="vnc",
        bus="sata",
        nic="e1000",
        devices=(),
    ),
    Profile(
        "legacy-pc",
        "A PC of around the year 2000: i440FX, IDE, RTL8139, a screen.",
        memory_mib=_GIB_IN_MIB // 2,
        chipset="pc",
        clock="localtime",
        display="vnc",
        bus="ide",
        nic="rtl8139",
        devices=(),
    ),
    Profile(
        "realtime",
        "A Linux system with promises about time: cores and memory of its own.",
        vcpus=2,
        memory_mib=2 * _GIB_IN_MIB,
        devices=(Device("guest-agent"), Device("rng"), Device("watchdog")),
        realtime=True,
    ),
)

PROFILES: Mapping[str, Profile] = MappingProxyType({profile.name: profile for profile in _BUILT_IN})
"""The built-in profiles by name."""
DEFAULT = "linux-server"
