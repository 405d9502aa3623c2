# SPDX-License-Identifier: Apache-2.0
"""What was observed about the tools of the distribution that set up a host's network."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Literal

from .nic import Nic

Tool = Literal["udev", "networkd", "networkmanager", "netplan", "ifupdown"]


@dataclass(frozen=True, slots=True)
class Declared:
    """What a tool was told about interfaces in one place of its configuration."""

    tool: Literal["netplan", "ifupdown"]
    matches: tuple[str, ...]
    """Names, wildcards among them, and MACs in lower case."""
    method: str
    """ifupdown: ``manual``, ``dhcp``, ``static`` ...; netplan: the section, such as ``ethernets`` or ``bonds``."""
    file: str
    name: str = ""
    """netplan's own name of the definition."""

    def means(self, nic: Nic) -> bool:
        """Tell whether an interface is meant."""
        own = {nic.name, nic.mac, nic.permanent_mac} - {""}
        return any(fnmatchcase(one, wanted) for one in own for wanted in self.matches)


@dataclass(frozen=True, slots=True)
class HostNetwork:
    """Which network tools set up the host, now or at its next boot, and what matters of what they were told."""

    tools: frozenset[Tool] = frozenset()
    declared: tuple[Declared, ...] = ()
    unread: tuple[str, ...] = ()
    """Files that changed since a running tool began: it may not have read them, and would when told to reload."""
    hidden: frozenset[str] = frozenset()
    """Network namespaces of routers that could not be looked into, because only root can."""

    def about(self, nic: Nic, tool: Tool) -> Iterator[Declared]:
        """Yield what ``tool`` was told about an interface."""
        yield from (one for one in self.declared if one.tool == tool and one.means(nic))
