# SPDX-License-Identifier: Apache-2.0
"""Identity that may exist once: MAC addresses, UUIDs, serial numbers of disks."""

from __future__ import annotations

from collections.abc import Iterator

from ringfence.site import place
from ringfence.site.codes import Code
from ringfence.site.problems import Problems
from ringfence.site.site import Site
from ringfence.site.tree import Path, Tree


def check_identities(site: Site, problems: Problems) -> None:
    """Add every MAC address and UUID that stands twice to ``problems``."""
    _once("The MAC address", _macs(site, problems.tree), problems)
    _once("The UUID", _uuids(site), problems)
    for workload in site.workloads.values():
        serials = (
            (str(disk.serial), (*place.disk(problems.tree, workload.name, index), "serial"))
            for index, disk in enumerate(workload.disks)
            if disk.serial is not None
        )
        _once("The serial number", serials, problems)


def _macs(site: Site, tree: Tree) -> Iterator[tuple[str, Path]]:
    for workload in site.workloads.values():
        for index, interface in enumerate(workload.interfaces):
            if interface.mac is not None:
                yield interface.mac, place.interface(tree, workload.name, index, "mac")
    for name, asset in site.assets.items():
        if asset.mac is not None:
            yield asset.mac, ("assets", name, "mac")


def _uuids(site: Site) -> Iterator[tuple[str, Path]]:
    for name, workload in site.workloads.items():
        if workload.identity.uuid is not None:
            yield workload.identity.uuid, ("workloads", name, "identity", "uuid")


def _once(what: str, found: Iterator[tuple[str, Path]], problems: Problems) -> None:
    places: dict[str, list[Path]] = {}
    for value, path in found:
        places.setdefault(value, []).append(path)
    for value, paths in places.items():
        first, *others = sorted(paths, key=problems.tree.value_mark) if len(paths) > 1 else paths
        line = problems.tree.value_mark(first).line
        for path in others:
            problem = f"{what} {value} stands here again; the first time is in line {line}."
            problems.add(Code.CLASH, path, problem, "Give each its own, or leave it out: it is then allocated.")
