# SPDX-License-Identifier: Apache-2.0
"""Which fabric is compiled, for what kind of endpoint, on which host."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from ringfence.base.addresses import Address, address
from ringfence.base.identity import link_name


class Endpoints(StrEnum):
    """What stands at the end of a port: a tap that QEMU opens, or a namespace with a veth (a stub)."""

    TAP = "tap"
    STUB = "stub"


@dataclass(frozen=True, slots=True)
class Scope:
    """One fabric of one site on one host. Fabric ``live`` carries the plant; others are sealed copies."""

    site: str
    host: str
    fabric: str = "live"
    endpoints: Endpoints = Endpoints.TAP

    def address(self, kind: str, *names: str) -> Address:
        """``host/server1/live/link/...``: every artifact's address carries host and fabric."""
        return address("host", self.host, self.fabric, kind, *names)

    @property
    def namespace(self) -> str:
        """Name of the router's network namespace."""
        return f"rf-{self.site}" if self.fabric == "live" else f"rf-{self.site}.{self.fabric}"

    @property
    def table(self) -> str:
        """Name of this fabric's nftables tables (hyphens are not portable in nft names)."""
        return f"rf_{self.site}_{self.fabric}".replace("-", "_")

    def stub(self, workload: str) -> str:
        """Name of the network namespace that stands for a workload behind stub endpoints."""
        return f"{self.namespace}.{workload}"

    def outside(self, uplink: str) -> str:
        """Name of the network namespace that stands for the plant behind an uplink of a sealed copy."""
        return f"{self.namespace}@{uplink}"

    def translator(self, uplink: str) -> str:
        """Name of the network namespace that translates the addresses of an uplink's assets."""
        return f"{self.namespace}~{uplink}"

    def link(self, role: str, *names: str) -> str:
        """Name of a network interface on the host's side: bridges, legs and taps."""
        shown = names[-1] if role != "tap" else names[0]
        return link_name(shown, self.site, self.host, self.fabric, role, *names)

    def domain(self, workload: str) -> str:
        """Name of the libvirt domain."""
        return f"{self.site}-{workload}" if self.fabric == "live" else f"{self.site}.{self.fabric}-{workload}"
