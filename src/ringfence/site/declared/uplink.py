# SPDX-License-Identifier: Apache-2.0
"""An uplink, as it is written."""

from __future__ import annotations

from typing import Annotated, Self

from pydantic import Field, model_validator

from ringfence.site.codes import Code

from .described import called
from .form import Form, Listed
from .network import EitherAddress, V4Interface, V6Interface
from .refusal import refuse
from .text import Name, Text, matching

# IFNAMSIZ (linux/if.h) is 16 with its terminating zero; no slash, colon or white space (dev_valid_name).
_PATTERN = r"(?!\.{1,2}$)[A-Za-z0-9_.@-]{1,15}"
_WANTED = "the name of a network interface of the host, such as 'eno2' or 'bond0'; 'ip link' lists them"
Nic = Annotated[
    str,
    matching(_PATTERN, Code.ADDRESS, _WANTED),
    called("network interface of the host", _PATTERN),
]


class UplinkForm(Form):
    """An address-less interface of a host that leads to the plant."""

    description: Text = Field("", description="Where it leads.")
    host: Name = Field(description="Host it belongs to.", examples=["server1"])
    interface: Nic = Field(description="Network interface, bond or VLAN of that host.", examples=["eno2"])
    shared: bool = Field(default=False, description="The host uses the interface itself too.")
    vlan: int | None = Field(None, ge=1, le=4094, description="VLAN on that interface.")
    ipv4: V4Interface | None = Field(
        None, description="Ringfence's own address on the plant's network, with its length.", examples=["10.20.0.9/24"]
    )
    ipv6: V6Interface | None = Field(None, description="Ringfence's own address on the plant's network.")
    gateway: Annotated[list[EitherAddress], Listed()] = Field(
        [], description="The plant's router to assets that are not on this network: at most one per version of IP."
    )
    layer2: Name | None = Field(None, description="Layer-2 zone that it carries frames of, without any router.")

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        if len({one.version for one in self.gateway}) != len(self.gateway):
            fix = "Write one IPv4 and one IPv6 address at most."
            raise refuse(Code.CONTRADICTION, "An uplink has one gateway per version of IP.", fix)
        if self.layer2 is not None and (self.ipv4 or self.ipv6 or self.gateway):
            fix = "Remove its addresses, or 'layer2:'."
            raise refuse(Code.CONTRADICTION, "A layer-2 uplink has no addresses.", fix)
        return self
