# SPDX-License-Identifier: Apache-2.0
"""A small plant for tests of boot files: a PLC, a SCADA server that comes after it, a historian that comes last."""

from __future__ import annotations

from datetime import date
from ipaddress import IPv4Address
from typing import Any

from tests import factory

from ringfence.compile.bindings import Bindings
from ringfence.compile.boot import read_body
from ringfence.compile.compiler import compile_host
from ringfence.compile.document import Artifact, Document
from ringfence.compile.scope import Scope
from ringfence.facts.image import ImageFacts
from ringfence.site.conduit import Conduit, Endpoint
from ringfence.site.probe import Probe
from ringfence.site.service import Flow, PortRange, Service
from ringfence.site.site import Site

PLC = factory.workload("plc", probes=(Probe("modbus", 502),))
SCADA = factory.workload("scada", after=("plc",), probes=(Probe("http", 80, within=60),))
HISTORIAN = factory.workload("a-historian", after=("scada", "plc"))
GROUP = "239.1.1.1"
MODBUS = Service("modbus", (Flow("tcp", (PortRange(502, 502),)),))
IMAGES = {"nano": ImageFacts(factory.SHA, "qcow2", 1 << 26)}


def poll(name: str = "poll", **changes: Any) -> Conduit:
    ends = {"source": (Endpoint("workload", "scada"),), "target": (Endpoint("workload", "plc"),)}
    words = {"services": ("modbus",), "reason": "SCADA polls the PLC.", "owner": "tests"}
    return Conduit(name, **(ends | words | changes))


def plant(*conduits: Conduit, **changes: Any) -> Site:
    found = {one.name: one for one in conduits or (poll(),)}
    values: dict[str, Any] = {"services": {"modbus": MODBUS}, "conduits": found}
    zones = (factory.zone(), factory.zone("dmz", 2))
    return factory.site((PLC, SCADA, HISTORIAN), zones, **(values | changes))


def announcing(name: str) -> Site:
    """Return the plant with a PLC that says something to a group."""
    flow = Flow("udp", (PortRange(5000, 5000),), reach="multicast", group=IPv4Address(GROUP))
    plc, scada = ((Endpoint("workload", one),) for one in ("plc", "scada"))
    told = poll("announce", source=plc, target=scada, services=("state",))
    return plant(poll(), told, name=name, services={"modbus": MODBUS, "state": Service("state", (flow,))})


def expired() -> Conduit:
    return poll("old", expires=date(2025, 1, 1), on_expiry="close")


def compiled(site: Site, scope: Scope, **facts: Any) -> tuple[Artifact, ...]:
    bindings = {one.name: factory.binding(one, 10 + number) for number, one in enumerate((PLC, SCADA, HISTORIAN))}
    here = frozenset(site.workloads)
    return compile_host(site, here, bindings, factory.host_facts(**facts), IMAGES, scope, factory.NOW)


def compiled_with(site: Site, scope: Scope, bindings: Bindings) -> tuple[Artifact, ...]:
    here = frozenset(site.workloads)
    return compile_host(site, here, bindings, factory.host_facts(), IMAGES, scope, factory.NOW)


def boot_document(site: Site, scope: Scope, **facts: Any) -> Document:
    return compiled(site, scope, **facts)[-1].document


def files_of(site: Site, scope: Scope, **facts: Any) -> dict[str, str]:
    files, units = read_body(boot_document(site, scope, **facts).body)
    return {**files, **units}
