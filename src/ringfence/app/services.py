# SPDX-License-Identifier: Apache-2.0
"""Which service a port is, in the words of the site: its own services and the catalogue."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from ringfence.site.service import Flow, PortRange, Service
from ringfence.site.site import Site

_PING = PortRange(0, 0)


@dataclass(frozen=True, slots=True)
class Services:
    """Names of services by protocol and port, for those that are one conversation and one port."""

    exact: dict[tuple[str, int], str]

    def at(self, protocol: str, port: int) -> str:
        """Return the service's name; empty where none is just this port."""
        return self.exact.get((protocol, port), "")


def services(site: Site) -> Services:
    """Return the services of a site; where several have one port, the one with the fewest words, then by name."""
    found: dict[tuple[str, int], str] = {}
    for service in sorted(site.services.values(), key=lambda one: (_size(one), one.name)):
        for key in _keys(service):
            found.setdefault(key, service.name)
    return Services(found)


def asked(site: Site, text: str) -> tuple[tuple[str, int], ...]:
    """Return the conversations of a service by name (``modbus``) or flow (``tcp/502``, ``ping``); empty: no such."""
    service = site.services.get(text)
    if service is not None:
        flows = [flow for flow in service.flows if flow.reach == "unicast" and flow.direction == "forward"]
        return tuple((flow.protocol, ports.first) for flow in flows for ports in flow.ports or (_PING,))
    protocol, _, port = text.partition("/")
    if protocol in {"tcp", "udp"} and port.isdecimal() and 1 <= int(port) <= 65535:  # noqa: PLR2004 - RFC 9293, 768
        return ((protocol, int(port)),)
    if text in {"icmp", "ping"}:
        return (("icmp", 0), ("icmpv6", 0))
    return ((text, 0),) if text == "icmpv6" else ()


def _keys(service: Service) -> Iterator[tuple[str, int]]:
    for flow in service.flows:
        if flow.direction == "forward" and flow.reach == "unicast":
            yield from ((flow.protocol, ports.first) for ports in _ports(flow) if ports.size == 1)


def _ports(flow: Flow) -> tuple[PortRange, ...]:
    return flow.ports or (_PING,)


def _size(service: Service) -> int:
    return sum(ports.size for flow in service.flows for ports in _ports(flow))
