# SPDX-License-Identifier: Apache-2.0
"""An asset: anything Ringfence does not run (a PLC, a range, a firewall, a time source, a remote network)."""

from __future__ import annotations

from dataclasses import dataclass
from ipaddress import IPv4Network, IPv6Network

from .functions import EssentialFunction


@dataclass(frozen=True, slots=True)
class Asset:
    """Reached through an uplink; one device has a /32 or /128. ``function`` may be ``safety`` here, and only here."""

    name: str
    zone: str
    uplink: str
    ipv4: tuple[IPv4Network, ...] = ()
    ipv6: tuple[IPv6Network, ...] = ()
    seen_as: IPv4Network | None = None
    """One-to-one translated range under which workloads see it."""
    mac: str | None = None
    function: EssentialFunction = EssentialFunction.NONE
    description: str = ""
