# SPDX-License-Identifier: Apache-2.0
"""A profile, as it is written, and what it has in common with a workload."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from .device import DeviceAny
from .disk import BusName
from .form import Form, Listed
from .interface import NicName
from .quantity import SizeMiB
from .text import Text

_PROFILE = "without it: as the profile says"


class HardwareForm(Form):
    """What a profile gives and a workload may say otherwise."""

    description: Text = Field("", description="What it is and what it is for.")
    vcpus: int | None = Field(None, ge=1, le=1024, description=f"Virtual processors; {_PROFILE}.")
    memory: SizeMiB | None = Field(None, description=f"Memory, such as 4 GiB; {_PROFILE}.")
    chipset: Literal["q35", "pc"] | None = Field(None, description=f"'pc' for old systems; {_PROFILE}.")
    firmware: Literal["bios", "uefi", "uefi-secure"] | None = Field(None, description=f"Firmware; {_PROFILE}.")
    tpm: bool | None = Field(None, description=f"A virtual TPM 2.0; {_PROFILE}.")
    clock: Literal["utc", "localtime"] | None = Field(None, description=f"'localtime' for Windows; {_PROFILE}.")
    display: Literal["none", "vnc"] | None = Field(None, description=f"A screen; {_PROFILE}.")
    devices: Annotated[list[DeviceAny], Listed()] | None = Field(
        None, description=f"The only devices it gets beside disks and interfaces; {_PROFILE}."
    )
    realtime: bool | None = Field(None, description=f"Cores and memory of its own; {_PROFILE}.")


class ProfileForm(HardwareForm):
    """A named set of workload defaults. Profiles do not inherit: what it does not say is as in linux-server."""

    bus: BusName | None = Field(None, description="How disks are attached.")
    nic: NicName | None = Field(None, description="What network interfaces the guest sees.")
