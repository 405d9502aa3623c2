# SPDX-License-Identifier: Apache-2.0
"""An asset, as it is written."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from .form import Form, Listed
from .network import MacAddress, V4Range, V6Range
from .text import Name, Text

FunctionName = Literal["control", "view", "alarm", "protection", "safety", "none"]


class AssetForm(Form):
    """Anything Ringfence does not run: a PLC, a range, a firewall, a time source, a remote network."""

    description: Text = Field("", description="What it is.")
    zone: Name = Field(description="Zone it belongs to.", examples=["control"])
    uplink: Name = Field(description="Uplink it is reached through.", examples=["plant"])
    ipv4: Annotated[list[V4Range], Listed()] = Field([], description="Its IPv4 addresses or ranges.")
    ipv6: Annotated[list[V6Range], Listed()] = Field([], description="Its IPv6 addresses or ranges.")
    seen_as: V4Range | None = Field(
        None, description="Range under which workloads see it, translated one to one; as long as 'ipv4'."
    )
    mac: MacAddress | None = Field(None, description="Its MAC address, for layer-2 conduits.")
    function: FunctionName = Field("none", description="Essential function (IEC 62443-3-3 clause 4.2).")
