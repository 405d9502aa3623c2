# SPDX-License-Identifier: Apache-2.0
"""A frame on its way, with what the kernel knows about it at one hook."""

from __future__ import annotations

from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address

Ip = IPv4Address | IPv6Address


@dataclass(frozen=True, slots=True)
class Packet:
    """Fields are None where the frame has none of that kind. ``kind`` is ip, ip6, arp or a number as text."""

    kind: str
    ether_source: str = ""
    source: Ip | None = None
    target: Ip | None = None
    protocol: str | int | None = None
    """A number where nft has no name for it."""
    source_port: int | None = None
    target_port: int | None = None
    icmp: str | None = None
    """Type of an ICMP message by nft's name."""
    nd_target: int | None = None
    asker: str | None = None
    """MAC that a DHCP message asks for (chaddr)."""
    dhcp6: int | None = None
    """Type of a DHCPv6 message."""
    about: int | None = None
    """Target of the packet that an ICMP error holds."""
    hops: int = 64
    arp: tuple[str, str, Ip] | None = None
    """Operation, sender's MAC, sender's address."""
    cast: str = "host"
    iif: str | None = None
    oif: str | None = None
    state: str = "new"
    direction: str = "original"
    uid: int | None = None
    mark: int | None = None
    ether_target: str = ""
    tags: tuple[tuple[int, int], ...] = ()
    """Type and value of each tag, outermost first."""
    via: Ip | None = None
    """Whose copy it is: where it goes, whatever its target."""
    copies: tuple[Packet, ...] = ()
    """What was copied from it so far."""

    @property
    def reversed(self) -> Packet:
        """Return the answer to it, as the network layer sees it."""
        answers = {"echo-request": "echo-reply"}
        return Packet(
            self.kind,
            source=self.target,
            target=self.source,
            protocol=self.protocol,
            source_port=self.target_port,
            target_port=self.source_port,
            icmp=answers.get(self.icmp or "", self.icmp),
            state="established",
            direction="reply",
        )
