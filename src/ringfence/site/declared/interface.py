# SPDX-License-Identifier: Apache-2.0
"""A network interface of a workload, as it is written."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from .device import PciAddress
from .form import Form, Listed
from .network import EitherAddress, MacAddress, V4Address, V6Address
from .text import Name, Text

NicName = Literal["virtio", "e1000", "e1000e", "rtl8139", "pcnet"]


class InterfaceForm(Form):
    """One network interface."""

    name: Name | None = Field(None, description="Its name in this file; without it: eth0, eth1 and so on.")
    zone: Name = Field(description="Zone it stands in.", examples=["control"])
    kind: Literal["bridge", "macvtap", "vf", "pci"] = Field(
        "bridge", description="How it is attached; all but 'bridge' go past the fabric and its conduits."
    )
    uplink: Name | None = Field(None, description="Uplink whose network card a 'macvtap' stands on.")
    device: PciAddress | None = Field(
        None, description="PCI address of a 'vf' or 'pci', as 'lspci -D' prints it.", examples=["0000:03:10.2"]
    )
    ipv4: V4Address | None = Field(None, description="Its address; without it: a free one, kept for good.")
    ipv6: V6Address | None = Field(None, description="Its address; without it: a free one, kept for good.")
    shared: Annotated[list[EitherAddress], Listed()] = Field(
        [], description="Addresses that move between redundant workloads (VRRP)."
    )
    mac: MacAddress | None = Field(None, description="MAC address that has to be kept.")
    model: NicName | None = Field(None, description="What the guest sees; without it: as the profile says.")
    reason: Text = Field(
        "", description="Why the workload needs it: required for all but a first one of kind 'bridge'."
    )
