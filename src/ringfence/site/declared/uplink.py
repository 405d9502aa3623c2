# SPDX-License-Identifier: Apache-2.0
"""An uplink, as it is written."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from ringfence.site.codes import Code

from .described import called
from .form import Form
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
