# SPDX-License-Identifier: Apache-2.0
"""A workload's guard: which port, MAC and addresses belong together."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from ipaddress import IPv4Address, IPv6Address

from ringfence.compile.bindings import InterfaceBinding, WorkloadBinding
from ringfence.compile.document import Artifact, Document, Kind
from ringfence.compile.nft.script import chain_lines
from ringfence.compile.part.advert import ADVERTS, advert_chain, guard_value
from ringfence.compile.part.element import Element, add_elements, own_elements
from ringfence.compile.scope import Scope
from ringfence.site.workload import Interface, Workload

from .names import Ip, port_name, quoted


def guard_artifact(scope: Scope, workload: Workload, binding: WorkloadBinding) -> Artifact:
    """Return the guard's elements and chains of one workload; an element's part says its interface."""
    parts: dict[str, str] = {}
    for interface in workload.interfaces:
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
    targets = [f"0x{int(one):032x}" for one in bound if isinstance(one, IPv6Address)]
    keys = [("taps", port), ("macs", frame)]
    keys += [(f"bound{one.version}", f"{frame} . {one}") for one in bound]
    keys += [("own4", f"{port} . {one}") for one in bound if isinstance(one, IPv4Address)]
    keys += [(ADVERTS, port)] if targets else []
    yield from ((f"element/{lookup}/{key}", interface.name) for lookup, key in keys)
    if targets:
        yield from _adverts(advert_chain(port), targets)


def _adverts(chain: str, targets: list[str]) -> Iterator[tuple[str, str]]:
    slugs = [f"target-{number}" for number in range(len(targets))]
    yield f"chain/{chain}", "regular"
    yield f"order/{chain}", ", ".join([*slugs, "other"])
    for slug, target in zip(slugs, targets, strict=True):
        yield f"rule/{chain}/{slug}", f"@th,64,128 {target} accept"
    yield f"rule/{chain}/other", "goto deny_spoofed_nd"
