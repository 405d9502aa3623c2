# SPDX-License-Identifier: Apache-2.0
"""A probe, as it is written: ``modbus: {port: 502}``, ``http: {port: 8080, path: /health}``, ``tcp: 22``."""

from __future__ import annotations

from typing import Annotated, Self

from pydantic import Field, model_validator

from ringfence.site.codes import Code

from .described import called
from .form import Form, Spelled
from .quantity import Port, Seconds
from .text import Name, matching

_PATH = r"/[!-~]{0,1000}"
HttpPath = Annotated[
    str,
    matching(_PATH, Code.ADDRESS, "a path such as '/health', without spaces"),
    called("path", _PATH),
]


class _Probe(Form):
    """Common to all probes."""

    timeout: Seconds = Field(5, description="How long one answer may take.", json_schema_extra={"default": "5s"})
    within: Seconds = Field(
        120,
        description="How long after its start the workload may be silent.",
        json_schema_extra={"default": "120s"},
    )
    interface: Name | None = Field(None, description="Interface that is asked; without it: the first.")


class TcpProbe(_Probe):
    """Asks whether the port is open."""

    port: Port = Field(description="TCP port.", examples=[22])


class HttpProbe(_Probe):
    """Asks whether GET answers with a status below 400."""

    port: Port = Field(80, description="TCP port.")
    path: HttpPath = Field("/", description="What is asked for.")


class ModbusProbe(_Probe):
    """Asks whether a holding register can be read over Modbus TCP."""

    port: Port = Field(502, description="TCP port.")
    unit: int = Field(1, ge=0, le=255, description="Unit identifier.")
    register_: int = Field(0, ge=0, le=65535, alias="register", description="Holding register, from 0.")


def _spell(value: object) -> object:
    if value is None:
        return {}
    return {"port": value} if isinstance(value, int) and not isinstance(value, bool) else value


_PORT = {"$comment": "port", "type": "integer", "minimum": 1, "maximum": 65535}


class ProbeForm(Form):
    """A protocol-level question that tells whether the workload does its job. Exactly one key."""

    tcp: Annotated[TcpProbe | None, Spelled(_spell, _PORT)] = Field(None, description="Is a port open?")
    http: Annotated[HttpProbe | None, Spelled(_spell, _PORT)] = Field(None, description="Does a web page answer?")
    modbus: Annotated[ModbusProbe | None, Spelled(_spell, _PORT)] = Field(None, description="Can a register be read?")

    @model_validator(mode="after")
    def _one(self) -> Self:
        self.one_of("tcp", "http", "modbus")
        return self
