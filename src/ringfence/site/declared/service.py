# SPDX-License-Identifier: Apache-2.0
"""A service and its flows, as they are written."""

from __future__ import annotations

import re
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from ringfence.site.codes import Code

from .described import text
from .form import Form, Listed, Spelled
from .network import Group
from .quantity import Ports
from .refusal import refuse, show
from .text import Text

_SHORT = re.compile(r"(tcp|udp)/([0-9][0-9-]*(?:,[0-9][0-9-]*)*)|icmp|icmpv6|vrrp", re.ASCII)
_BARE = frozenset({"icmp", "icmpv6", "vrrp"})
_TO_MANY = frozenset({("udp", "multicast"), ("udp", "broadcast"), ("vrrp", "multicast")})
_DIGITS = 5  # a longer number is no port and is shown as it was written
SHORT_FLOW = text("flow, such as `tcp/8080`", "((tcp|udp)/[0-9][0-9,-]*|icmp|icmpv6|vrrp)")


def is_short_flow(value: object) -> bool:
    """Tell whether a text is a flow, such as ``tcp/8080``, rather than the name of a service."""
    return isinstance(value, str) and ("/" in value or value in _BARE)


def spell_flow(value: object) -> object:
    """Spell out ``tcp/8080``, ``udp/5000-5010,6000``, ``icmp``."""
    if not isinstance(value, str):
        return value
    match = _SHORT.fullmatch(value)
    if match is None:
        fix = "Write it as in 'tcp/8080', 'udp/5000-5010' or 'icmp'."
        raise refuse(Code.PORT, f"{show(value)} is not a flow.", fix)
    if match[1] is None:
        return {"protocol": value}
    ports = [int(part) if part.isdigit() and len(part) <= _DIGITS else part for part in match[2].split(",")]
    return {"protocol": match[1], "ports": ports}


class FlowForm(Form):
    """One direction of initiation."""

    protocol: Literal["tcp", "udp", "icmp", "icmpv6", "vrrp"] = Field(
        description="'icmp' and 'icmpv6' are echo (ping) only; 'vrrp' is IP protocol 112.", examples=["tcp"]
    )
    ports: Ports = Field((), description="Destination ports: a number, a range, or a list of both.")
    direction: Literal["forward", "back"] = Field(
        "forward", description="'back': opened by the far side towards the near side."
    )
    reach: Literal["unicast", "multicast", "broadcast"] = Field("unicast", description="Who is addressed.")
    group: Group | None = Field(None, description="Multicast group.")

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        with_ports = self.protocol in {"tcp", "udp"}
        if with_ports and not self.ports:
            fix = "Add 'ports:', such as 'ports: 502'."
            raise refuse(Code.MISSING, f"A flow over {self.protocol} needs its ports.", fix)
        if self.ports and not with_ports:
            raise refuse(Code.CONTRADICTION, f"{self.protocol} has no ports.", "Remove 'ports:'.")
        if self.reach != "unicast" and (self.protocol, self.reach) not in _TO_MANY:
            fix = "Remove 'reach:', or write 'protocol: udp'."
            raise refuse(Code.CONTRADICTION, f"{self.protocol} does not reach many at once.", fix)
        if (self.reach == "multicast") != (self.group is not None):
            fix = "Give both 'reach: multicast' and 'group:', or neither."
            raise refuse(Code.CONTRADICTION, "A multicast flow and its group belong together.", fix)
        return self


FlowAny = Annotated[FlowForm, Spelled(spell_flow, SHORT_FLOW)]


def _spell_service(value: object) -> object:
    return {"flows": value} if isinstance(value, (str, list)) else value


class ServiceForm(Form):
    """A list of flows under one name."""

    description: Text = Field("", description="What speaks this.")
    source: Text = Field("", description="Where the ports come from: a standard, the vendor's manual.")
    flows: Annotated[list[FlowAny], Listed(), Field(min_length=1)] = Field(
        description="What is opened by whom.", examples=[["tcp/8080"]]
    )
    encrypted: bool = Field(default=False, description="Content cannot be read or changed on the way.")
    remote_access: bool = Field(default=False, description="A person controls a machine through it.")


ServiceAny = Annotated[
    ServiceForm, Spelled(_spell_service, SHORT_FLOW, {"type": "array", "items": SHORT_FLOW, "minItems": 1})
]
