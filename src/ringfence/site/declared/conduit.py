# SPDX-License-Identifier: Apache-2.0
"""A conduit, as it is written."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import Field, GetJsonSchemaHandler, model_validator
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema

from ringfence.base.names import NAME_PATTERN
from ringfence.site.catalogue import CATALOGUE
from ringfence.site.codes import Code

from .form import Form, Listed, Spelled
from .network import AnyMacAddress
from .quantity import Day
from .reference import End
from .refusal import refuse
from .service import SHORT_FLOW, FlowForm, is_short_flow, spell_flow
from .text import Line, Name

_MOST = 10_000_000
"""Packets a second: more than a cable of 10 Gbit/s carries without filling them."""


class LayerTwoForm(Form):
    """What a layer-2 conduit names instead of services."""

    ethertype: int = Field(ge=0x0600, le=0xFFFF, description="EtherType, such as 0x88b8.", examples=[0x88B8])
    destination_mac: AnyMacAddress = Field(
        description="Destination MAC address, often a multicast one.", examples=["01:0c:cd:01:00:01"]
    )
    vlan: int | None = Field(None, ge=0, le=4094, description="VLAN tag; 0 is priority-tagged.")


class RateForm(Form):
    """How much a conduit carries in a second. What is over is dropped and counted."""

    packets: int | None = Field(
        None, ge=1, le=_MOST, description="Packets a second, in each direction.", examples=[1000]
    )
    connections: int | None = Field(None, ge=1, le=_MOST, description="New connections a second.", examples=[20])
    burst: int | None = Field(
        None, ge=1, le=_MOST, description="Packets that may come at once; without it as many as in a second."
    )

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        if self.packets is None and self.connections is None:
            fix = "Add 'packets:' or 'connections:', or remove 'rate:'."
            raise refuse(Code.MISSING, "The rate says neither packets nor connections.", fix)
        if self.burst is not None and self.packets is None:
            raise refuse(Code.CONTRADICTION, "A burst of packets needs their rate.", "Add 'packets:'.")
        return self


class ServiceUse(Form):
    """One service of a conduit: its name, or a flow of its own. Private to the reader: written as text or a flow."""

    name: Name | None = None
    flow: FlowForm | None = None


def _spell_use(value: object) -> object:
    if isinstance(value, str):
        return {"flow": spell_flow(value)} if is_short_flow(value) else {"name": value}
    return {"flow": value}


class _WrittenUse(Spelled):
    """JSON Schema of a service as it is written: editors offer the names of the catalogue."""

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        flow = handler.resolve_ref_schema(handler(schema))["properties"]["flow"]["anyOf"][0]
        return {
            "anyOf": [
                {"$comment": "service", "enum": list(CATALOGUE)},
                {"$comment": "service", "type": "string", "pattern": NAME_PATTERN},
                SHORT_FLOW,
                flow,
            ]
        }


Use = Annotated[ServiceUse, _WrittenUse(_spell_use)]


class ConduitForm(Form):
    """The only way a packet may pass: everything in 'from' may open every service to everything in 'to'."""

    from_: Annotated[list[End], Listed(), Field(min_length=1)] = Field(
        alias="from", description="Who opens the conversation.", examples=["workload/scada"]
    )
    to: Annotated[list[End], Listed(), Field(min_length=1)] = Field(
        description="Who answers.", examples=["workload/plc"]
    )
    service: Annotated[list[Use], Listed(), Field(min_length=1)] | None = Field(
        None, description="Services by name, or flows such as tcp/8080."
    )
    layer2: LayerTwoForm | None = Field(None, description="Frames instead of services (GOOSE, PROFINET).")
    reason: Line = Field(description="Why it is needed.", examples=["The operators see the levels."])
    owner: Line = Field(description="Who answers for it.", examples=["Control room"])
    expires: Day | None = Field(None, description="Last day on which it is valid (UTC).")
    on_expiry: Literal["report", "close"] = Field("report", description="What happens when it has expired.")
    rate: RateForm | None = Field(None, description="How much it carries in a second.")
    dormant: bool = Field(default=False, description="Closed until a person grants it for a time.")
