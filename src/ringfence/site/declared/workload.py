# SPDX-License-Identifier: Apache-2.0
"""A workload, as it is written."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from .asset import FunctionName
from .cloud_init import CloudInitForm
from .disk import DiskForm
from .form import Listed
from .identity import IdentityForm
from .interface import InterfaceForm
from .network import MacAddress, V4Address, V6Address
from .probe import ProbeForm
from .profile import HardwareForm
from .quantity import Seconds
from .text import Name


class WorkloadForm(HardwareForm):
    """One virtual machine and what is promised for it."""

    profile: Name = Field("linux-server", description="Profile its defaults come from.")
    zone: Name | None = Field(None, description="Zone of its only interface; short for 'interfaces'.")
    ipv4: V4Address | None = Field(None, description="Address of its only interface.")
    ipv6: V6Address | None = Field(None, description="Address of its only interface.")
    mac: MacAddress | None = Field(None, description="MAC address of its only interface.")
    interfaces: Annotated[list[InterfaceForm], Field(min_length=1, max_length=16)] | None = Field(
        None, description="Its network interfaces, in order."
    )
    function: FunctionName = Field("none", description="Essential function (IEC 62443-3-3 clause 4.2).")
    tolerable_loss: Seconds | None = Field(None, description="How long that function may be lost, such as 30s.")
    image: Name | None = Field(None, description="Image of its first disk, which is named 'root'.")
    disks: Annotated[list[DiskForm], Field(max_length=24)] = Field([], description="Its disks, after 'image'.")
    probes: Annotated[list[ProbeForm], Listed()] = Field([], description="Questions that tell whether it works.")
    after: Annotated[list[Name], Listed()] = Field([], description="Workloads that have to work before it starts.")
    apart_from: Annotated[list[Name], Listed()] = Field([], description="Workloads that need another host.")
    host: Name | None = Field(None, description="Host it has to run on.")
    identity: IdentityForm = Field(
        default_factory=lambda: IdentityForm.model_validate({}), description="Identity it has to keep."
    )
    cloud_init: CloudInitForm | None = Field(None, description="First-boot instructions for cloud-init.")
    consent: Annotated[list[Literal["restart", "stop", "cut"]], Listed()] = Field(
        [], description="What automation may do to it although it carries an essential function."
    )
