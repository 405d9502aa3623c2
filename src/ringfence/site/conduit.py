# SPDX-License-Identifier: Apache-2.0
"""A conduit: the only way a packet may pass between two workloads, assets or zones."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal

from .rate import Rate


@dataclass(frozen=True, slots=True, order=True)
class Endpoint:
    """``workload/scada``, ``asset/plc-7`` or ``zone/control``; ``interface`` picks one of several."""

    kind: Literal["workload", "asset", "zone"]
    name: str
    interface: str | None = None

    def __str__(self) -> str:
        tail = f"/{self.interface}" if self.interface else ""
        return f"{self.kind}/{self.name}{tail}"


@dataclass(frozen=True, slots=True)
class LayerTwo:
    """What a layer-2 conduit names instead of services."""

    ethertype: int
    destination_mac: str
    vlan: int | None = None


@dataclass(frozen=True, slots=True)
class Conduit:
    """Every sender in ``source`` may start every flow of ``services`` to every receiver in ``target``."""

    name: str
    source: tuple[Endpoint, ...]
    target: tuple[Endpoint, ...]
    services: tuple[str, ...]
    """Names in ``Site.services``; empty for a layer-2 conduit."""
    reason: str
    owner: str
    expires: date | None = None
    """Last day on which it is valid, in UTC."""
    on_expiry: Literal["report", "close"] = "report"
    dormant: bool = False
    """Closed until a person grants it for a time."""
    layer2: LayerTwo | None = None
    rate: Rate | None = None
