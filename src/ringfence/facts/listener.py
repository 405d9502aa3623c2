# SPDX-License-Identifier: Apache-2.0
"""A port on which somebody listens."""

from __future__ import annotations

from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address
from typing import Literal


@dataclass(frozen=True, slots=True)
class Listener:
    """``process`` is ``NAME (PID)``, empty where nobody was found who holds it (the kernel does, or it went away)."""

    protocol: Literal["tcp", "udp"]
    address: IPv4Address | IPv6Address
    port: int
    process: str = ""

    @property
    def local(self) -> bool:
        """Tell whether only this host itself reaches it."""
        mapped = self.address.ipv4_mapped if isinstance(self.address, IPv6Address) else None
        return (mapped or self.address).is_loopback

    def __str__(self) -> str:
        shown = f"[{self.address}]" if self.address.version == 6 else str(self.address)  # noqa: PLR2004 - IPv6
        return f"{self.protocol} {shown}:{self.port}" + (f" of {self.process}" if self.process else "")
