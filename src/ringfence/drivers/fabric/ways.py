# SPDX-License-Identifier: Apache-2.0
"""Routes and rules inside a stub's namespace that its parts do not name: taken away before the others are set."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from ringfence.observe.stubs import Routes, stub_routes

from .look import look_stub
from .namespaces import namespace_stands
from .tool import run


def clear_ways(stub: Mapping[str, str]) -> None:
    """Remove an interface's strange ways out; ``stub`` are its parts, empty where a tap stands at the port's end."""
    if not stub or not namespace_stands(stub["namespace"]):
        return
    found = stub_routes(look_stub(stub["namespace"]), stub["name"])
    lines = [*_main(found, stub), *_own(found, stub)]
    if lines:
        run(["sh", "-e"], "\n".join(lines), namespace=stub["namespace"])


def _main(found: Routes, stub: Mapping[str, str]) -> Iterator[str]:
    for version, gateway in found.defaults.items():
        if stub.get(f"route{version}") != gateway:
            yield f"ip -{version} route del default via {gateway} dev {stub['name']}"
    for net in set(found.reach) - set(stub.get("reach", "").split()):
        yield f"ip -{_version(net)} route del {net} dev {stub['name']}"


def _own(found: Routes, stub: Mapping[str, str]) -> Iterator[str]:
    moved = stub.get("table") != found.table
    for one in found.sources:
        if moved or one not in stub.get("from", "").split():
            yield f"ip -{_version(one)} rule del from {one} lookup {found.table}"
    for version in found.own:
        if moved or f"via{version}" not in stub:
            yield f"ip -{version} route del default dev {stub['name']} table {found.table}"


def _version(address: str) -> int:
    return 6 if ":" in address else 4
