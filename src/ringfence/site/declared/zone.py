# SPDX-License-Identifier: Apache-2.0
"""A zone, as it is written."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BeforeValidator, Field, WithJsonSchema

from ringfence.site.codes import Code

from .form import Form, Listed, Spelled
from .network import ADDRESS_SCHEMA, EitherAddress, V4Address, V4Subnet, V6Address, V6Subnet, either_address
from .quantity import Day
from .reference import Reference
from .refusal import refuse, show
from .text import Line, Text

REQUIREMENTS = ("iac", "uc", "si", "dc", "rdf", "tre", "ra")
LEVELS = (0, 1, 2, 3, 3.5, 4, 5)
_HIGHEST = 4

_Grade = Annotated[int, Field(ge=0, le=_HIGHEST)]


class SecurityForm(Form):
    """Target security level (SL-T) per foundational requirement of IEC 62443-3-3."""

    iac: _Grade = Field(description="FR 1: identification and authentication control.", examples=[2])
    uc: _Grade = Field(description="FR 2: use control.", examples=[2])
    si: _Grade = Field(description="FR 3: system integrity.", examples=[2])
    dc: _Grade = Field(description="FR 4: data confidentiality.", examples=[2])
    rdf: _Grade = Field(description="FR 5: restricted data flow.", examples=[2])
    tre: _Grade = Field(description="FR 6: timely response to events.", examples=[2])
    ra: _Grade = Field(description="FR 7: resource availability.", examples=[2])


def _uniform(value: object) -> object:
    if isinstance(value, dict):
        return value
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= _HIGHEST:
        fix = f"Write a number from 0 to {_HIGHEST}, or one for each of {', '.join(REQUIREMENTS)}."
        raise refuse(Code.RANGE, f"{show(value)} is not a security level.", fix)
    return dict.fromkeys(REQUIREMENTS, value)


def _level(value: object) -> object:
    if isinstance(value, (bool, list, dict)) or value not in LEVELS:
        fix = "Write 0, 1, 2, 3, 3.5 (a DMZ), 4 or 5."
        raise refuse(Code.CHOICE, f"{show(value)} is not a level of the Purdue model.", fix)
    return value


class GatewayForm(Form):
    """Who answers as the zone's gateway, and at which address."""

    by: Literal["ringfence", "external"] = Field(
        "ringfence", description="Ringfence's router, or the plant's own firewall (external)."
    )
    ipv4: V4Address | None = Field(None, description="Without it: the first address of the subnet.")
    ipv6: V6Address | None = Field(None, description="Without it: the first address of the subnet.")


def _gateway(value: object) -> object:
    """Spell out ``ringfence``, or one or two addresses of the plant's own firewall."""
    if isinstance(value, dict):
        return value
    if value == "ringfence":
        return {}
    found = [either_address(one) for one in (value if isinstance(value, list) else [value])]
    by_version = {f"ipv{address.version}": str(address) for address in found}
    if len(by_version) != len(found) or not found:
        fix = "Write 'ringfence', or one IPv4 and one IPv6 address of the plant's firewall."
        raise refuse(Code.CONTRADICTION, "A zone has one gateway per version of IP.", fix)
    return {"by": "external", **by_version}


_GATEWAYS = (
    {"const": "ringfence"},
    ADDRESS_SCHEMA,
    {"type": "array", "items": ADDRESS_SCHEMA, "minItems": 1, "maxItems": 2},
)
_SL = {"type": "integer", "minimum": 0, "maximum": _HIGHEST}


class LearnForm(Form):
    """Leave to watch who talks in the zone ('ringfence learn'); without it nobody may."""

    until: Day = Field(description="Last day on which it may be watched (UTC).")
    by: Line = Field(description="Who allows it.", examples=["Plant operations"])


class ZoneForm(Form):
    """Workloads and assets with the same security need (IEC 62443-1-1 clause 6.5)."""

    description: Text = Field("", description="What belongs here.")
    level: Annotated[float, BeforeValidator(_level), WithJsonSchema({"enum": list(LEVELS)})] = Field(
        description="Level of the Purdue model; 3.5 is a DMZ.", examples=[2]
    )
    sl_t: Annotated[SecurityForm, Spelled(_uniform, _SL)] = Field(
        description="Target security level: one number, or one per foundational requirement.", examples=[2]
    )
    ipv4: V4Subnet | None = Field(None, description="IPv4 subnet, such as 10.10.1.0/24.")
    ipv6: V6Subnet | None = Field(None, description="IPv6 subnet, such as fd10:10:0:1::/64.")
    gateway: Annotated[GatewayForm, Spelled(_gateway, *_GATEWAYS)] = Field(
        default_factory=lambda: GatewayForm.model_validate({}), description="Who answers as the zone's gateway."
    )
    peers: Literal["isolated", "open"] = Field(
        "isolated", description="'open' lets all machines of the zone talk to one another without a conduit."
    )
    router: Annotated[list[EitherAddress], Listed()] = Field(
        [], description="Ringfence's own address where the gateway is the plant's firewall: probes come from it."
    )
    dhcp: bool | None = Field(
        None, description="Hand out the machines' addresses by DHCP; without it: yes where Ringfence is the gateway."
    )
    time: Reference | None = Field(None, description="Where machines take the time from, such as asset/clock.")
    learn: LearnForm | None = Field(None, description="Who allows to watch who talks in it, and until when.")
