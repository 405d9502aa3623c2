# SPDX-License-Identifier: Apache-2.0
"""dnsmasq's files and its process become the document of the address service."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from ringfence.compile.document import Document, Kind
from ringfence.compile.part.dhcp import command
from ringfence.compile.scope import Scope


@dataclass(frozen=True, slots=True)
class DhcpSight:
    """Contents of the configuration that stands, of the hosts file, and of the hosts file as it was last read."""

    conf: str
    hosts: str
    loaded: str
    arguments: tuple[str, ...]
    """Of the process that the pid file names; empty where there is none."""


def dhcp_document(scope: Scope, sight: DhcpSight | None) -> Iterator[Document]:
    """Yield the address service when any of it stands."""
    if sight is None:
        return
    parts = {**_conf(sight.conf), **dict(_hosts(sight.hosts))}
    parts["loaded"] = "yes" if sight.hosts == sight.loaded else "no"
    wanted = command(scope, sight.conf)[1:]
    parts["process"] = "running" if sight.arguments[1:] == wanted else "stopped"
    if sight.arguments and parts["process"] == "stopped":
        parts["process"] = "running with another configuration"
    yield Document(scope.address("dhcp", "router"), Kind.DHCP, parts)


def _conf(text: str) -> dict[str, str]:
    """Return the lines as parts. A comment line before each says its key; a line without one is somebody else's."""
    found: dict[str, str] = {}
    key = ""
    for number, line in enumerate(text.splitlines()):
        if line.startswith("# "):
            key = line[2:]
        elif line.strip():
            found[f"conf/{key}" if key else f"foreign/{number}"] = line
            key = ""
    return found


def _hosts(text: str) -> Iterator[tuple[str, str]]:
    """Yield the workloads' lines; each ends in a comment that says whose it is."""
    for line in text.splitlines():
        value, _, whose = line.partition(" # ")
        yield f"host/{whose or value}", value
