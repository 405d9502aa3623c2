# SPDX-License-Identifier: Apache-2.0
"""A workload's guard: which port, MAC and addresses belong together."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from ringfence.compile.bindings import InterfaceBinding, WorkloadBinding
from ringfence.compile.document import Artifact, Document, Kind
from ringfence.compile.part.element import Element, add_elements, own_elements
from ringfence.compile.scope import Scope
from ringfence.site.workload import Interface, Workload

from .names import Ip, port_name, quoted


def guard_artifact(scope: Scope, workload: Workload, binding: WorkloadBinding) -> Artifact:
    """Return the guard's elements of one workload; the value of each part is the name of its interface."""
    elements = [
        element
        for interface in workload.interfaces
        for element in _interface(scope, workload.name, interface, binding.interfaces[interface.name])
    ]
    parts = {f"element/{one.lookup}/{one.key}": one.owners.partition("/")[2] for one in elements}
    body = "\n".join(add_elements(f"bridge {scope.table}", elements)) + "\n"
    document = Document(scope.address("guard", workload.name), Kind.GUARD, parts, body)
    needs = (scope.address("table", "guard"),)
    return Artifact(document, (f"workload/{workload.name}",), needs, {"workload": workload.name})


def addresses_of(interface: Interface, binding: InterfaceBinding) -> tuple[Ip, ...]:
    """Return every address that an interface may speak with: its own, then those it shares."""
    own = (binding.ipv4, binding.ipv6, *interface.shared)
    return tuple(dict.fromkeys(address for address in own if address is not None))


def _interface(scope: Scope, workload: str, interface: Interface, binding: InterfaceBinding) -> Iterator[Element]:
    port = quoted(port_name(scope, workload, interface.name, binding))
    owner = f"{workload}/{interface.name}"
    frame = f"{port} . {binding.mac}"
    yield Element("taps", port, owners=owner)
    yield Element("macs", frame, owners=owner)
    for address in addresses_of(interface, binding):
        yield Element(f"bound{address.version}", f"{frame} . {address}", owners=owner)
        if address.version == 4:  # noqa: PLR2004 - the version of IP
            yield Element("own4", f"{port} . {address}", owners=owner)
        else:
            yield Element("targets6", f"{port} . 0x{int(address):032x}", owners=owner)


def guard_elements(workload: str, parts: Mapping[str, str]) -> Iterator[Element]:
    """Yield the elements that the parts of a workload's guard mean."""
    for one in own_elements(parts):
        yield Element(one.lookup, one.key, owners=f"{workload}/{one.value}")
