# SPDX-License-Identifier: Apache-2.0
"""A workload's guard: which port, MAC and addresses belong together."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from ipaddress import IPv4Address, IPv6Address

from ringfence.compile.bindings import InterfaceBinding, WorkloadBinding
from ringfence.compile.document import Artifact, Document, Kind
from ringfence.compile.nft.script import chain_lines
from ringfence.compile.nft.table import Chain, Rule
from ringfence.compile.part.element import Element, add_elements, own_elements
from ringfence.compile.part.port_chain import ADVERTS, ERRORS4, ERRORS6, LEASES, QUESTIONS, guard_value, port_chain
from ringfence.compile.scope import Scope
from ringfence.site.workload import Interface, Workload

from .names import Ip, port_name, quoted

_FEW = "limit rate 20/second burst 100 packets"
"""How often a port may ask the router something that costs it memory, such as a place in the host's one table of IPv6
neighbours (kernel ip-sysctl, neigh/default/gc_thresh3: 1024), or dnsmasq time."""


def guard_artifact(scope: Scope, workload: Workload, binding: WorkloadBinding) -> Artifact:
    """Return the guard's elements and chains of one workload; an element's part says its interface."""
    parts: dict[str, str] = {}
    for interface in workload.ports:
        parts |= dict(_interface(scope, workload.name, interface, binding.interfaces[interface.name]))
    body = "\n".join(guard_lines(f"bridge {scope.table}", workload.name, parts)) + "\n"
    document = Document(scope.address("guard", workload.name), Kind.GUARD, parts, body)
    needs = (scope.address("table", "guard"),)
    return Artifact(document, (f"workload/{workload.name}",), needs, {"workload": workload.name})


def guard_lines(table: str, workload: str, parts: Mapping[str, str]) -> Iterator[str]:
    """Yield the commands that add a workload's guard. ``table`` is family and name."""
    yield from chain_lines(table, parts)
    yield from add_elements(table, guard_elements(workload, parts))


def guard_elements(workload: str, parts: Mapping[str, str]) -> Iterator[Element]:
    """Yield the elements that the parts of a workload's guard mean."""
    for one in own_elements(parts):
        yield Element(one.lookup, one.key, guard_value(one), f"{workload}/{one.value}")


def addresses_of(interface: Interface, binding: InterfaceBinding) -> tuple[Ip, ...]:
    """Return every address that an interface may speak with: its own, then those it shares."""
    own = (binding.ipv4, binding.ipv6, *interface.shared)
    return tuple(dict.fromkeys(address for address in own if address is not None))


def _interface(
    scope: Scope, workload: str, interface: Interface, binding: InterfaceBinding
) -> Iterator[tuple[str, str]]:
    port = quoted(port_name(scope, workload, interface.name, binding))
    frame = f"{port} . {binding.mac}"
    bound = addresses_of(interface, binding)
    chains = dict(_chains(port, binding.mac, bound))
    keys = [("taps", port), ("macs", frame)]
    keys += [(f"bound{one.version}", f"{frame} . {one}") for one in bound]
    keys += [("own4", f"{port} . {one}") for one in bound if isinstance(one, IPv4Address)]
    keys += [(lookup, port) for lookup in chains]
    yield from ((f"element/{lookup}/{key}", interface.name) for lookup, key in keys)
    for lookup, rules in chains.items():
        yield from Chain(port_chain(lookup, port), rules).parts.items()


def _chains(port: str, mac: str, bound: tuple[Ip, ...]) -> Iterator[tuple[str, tuple[Rule, ...]]]:
    """Yield the rules of each chain of a port."""
    few = Rule("few", f"{_FEW} accept"), Rule("flood", "goto deny_flood")
    yield QUESTIONS, few
    # No relay before the client (giaddr), and the client's own MAC (chaddr): they follow each other in a DHCP message,
    # 32 and 36 bytes behind the beginning of the UDP header (RFC 2131 clause 2).
    own = Rule("own", f"@th,256,80 0x{int(mac.replace(':', ''), 16):x} goto {port_chain(QUESTIONS, port)}")
    yield LEASES, (own, Rule("other", "goto deny_spoofed_mac"))
    four = [f"0x{int(one):x}" for one in bound if isinstance(one, IPv4Address)]
    six = [f"0x{int(one):032x}" for one in bound if isinstance(one, IPv6Address)]
    # An error holds the packet that it is about from its IP header on, after 8 bytes (RFC 792, RFC 4443): whoever
    # sends one has received that packet, at an address of his own.
    for lookup, field, targets, reason in (
        (ADVERTS, "@th,64,128", six, "spoofed_nd"),
        (ERRORS4, "@th,192,32", four, "spoofed_error"),
        (ERRORS6, "@th,256,128", six, "spoofed_error"),
    ):
        if targets:
            rules = (Rule(f"target-{n}", f"{field} {target} accept") for n, target in enumerate(targets))
            yield lookup, (*rules, Rule("other", f"goto deny_{reason}"))
