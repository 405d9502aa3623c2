# SPDX-License-Identifier: Apache-2.0
"""What a site declares, worked out anew from the site alone: nothing of the compiler is used here."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import NamedTuple

from ringfence.compile.bindings import Bindings
from ringfence.site.conduit import Endpoint
from ringfence.site.service import PortRange
from ringfence.site.site import Site


class Talk(NamedTuple):
    """A conversation that one workload may open to another; port 0 for ping."""

    protocol: str
    source: str
    target: str
    port: int
    version: int


class Cast(NamedTuple):
    """What one workload may say to many, and one who gets it. ``to`` is a group, or empty for everybody."""

    protocol: str
    source: str
    to: str
    port: int
    member: str


def casts(site: Site, today: date) -> set[Cast]:
    """Return everything that may be said to many on a day, once for each member."""
    found: set[Cast] = set()
    for conduit in site.conduits.values():
        over = conduit.on_expiry == "close" and conduit.expires is not None and conduit.expires < today
        if not conduit.dormant and not over:
            for near in (name for end in conduit.source for name in _workloads(site, end)):
                for far in (name for end in conduit.target for name in _workloads(site, end)):
                    if near != far:
                        found.update(_said(site, conduit.services, near, far))
    return found


def _said(site: Site, services: tuple[str, ...], near: str, far: str) -> Iterator[Cast]:
    for flow in (flow for name in services for flow in site.services[name].flows if flow.reach != "unicast"):
        ends = (near, far) if flow.direction == "forward" else (far, near)
        for ports in flow.ports or (PortRange(0, 0),):
            for port in range(ports.first, ports.last + 1):
                yield Cast(flow.protocol, ends[0], str(flow.group or ""), port, ends[1])


def talks(site: Site, *, dormant: bool = False) -> set[Talk]:
    """Return every declared conversation between workloads; those of dormant conduits where asked for them."""
    found: set[Talk] = set()
    for conduit in site.conduits.values():
        if conduit.dormant is dormant:
            for near in (name for end in conduit.source for name in _workloads(site, end)):
                for far in (name for end in conduit.target for name in _workloads(site, end)):
                    if near != far:
                        found.update(_between(site, conduit.services, near, far))
    return found


def address(bindings: Bindings, workload: str, version: int) -> str:
    """Return a workload's address."""
    (bound,) = bindings[workload].interfaces.values()
    return str(bound.ipv4 if version == 4 else bound.ipv6)


def _workloads(site: Site, end: Endpoint) -> Iterator[str]:
    for name, workload in site.workloads.items():
        if end.name == (name if end.kind == "workload" else workload.interfaces[0].zone):
            yield name


def _between(site: Site, services: tuple[str, ...], near: str, far: str) -> Iterator[Talk]:
    for flow in (flow for name in services for flow in site.services[name].flows if flow.reach == "unicast"):
        ends = (near, far) if flow.direction == "forward" else (far, near)
        if flow.protocol in {"icmp", "icmpv6"}:
            yield Talk("ping", *ends, 0, 4 if flow.protocol == "icmp" else 6)
            continue
        for ports in flow.ports:
            for port in range(ports.first, ports.last + 1):
                yield Talk(flow.protocol, *ends, port, 4)
                yield Talk(flow.protocol, *ends, port, 6)
