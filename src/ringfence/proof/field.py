# SPDX-License-Identifier: Apache-2.0
"""Fields of a packet, as keys of boxes, with their width in bits and how their values are written.

Names are nft's where it has one. ``@th,N`` is what stands N bits behind the start of the transport header, 128 bits
wide: a shorter look at the same place is a prefix of it (nft(8), RAW PAYLOAD EXPRESSION).
"""

from __future__ import annotations

from typing import Final

IIF: Final = "iifname"
OIF: Final = "oifname"
ETHER_SOURCE: Final = "ether saddr"
ETHER_TARGET: Final = "ether daddr"
TAG: Final = "tag"
"""Type of the outermost VLAN tag, 0 where there is none."""
VLAN: Final = "vlan id"
PROTOCOL: Final = "meta protocol"
"""EtherType behind one tag, which is what the kernel takes the frame for (eth_type_trans, skb_vlan_untag)."""
SOURCE4: Final = "ip saddr"
TARGET4: Final = "ip daddr"
SOURCE6: Final = "ip6 saddr"
TARGET6: Final = "ip6 daddr"
PROTO: Final = "meta l4proto"
LATER: Final = "later fragment"
"""1 for what is left of a packet behind its first fragment: it has no transport header to look at."""
SPORT: Final = "th sport"
DPORT: Final = "th dport"
TYPE: Final = "icmp type"
"""Of ICMP and of ICMPv6."""
HOPS: Final = "hops"
"""TTL or hop limit."""
STATE: Final = "ct state"
DIRECTION: Final = "ct direction"
CONFIRMED: Final = "ct status confirmed"
TRANSLATED: Final = "ct status dnat"
MARK: Final = "meta mark"
USER: Final = "meta skuid"
CAST: Final = "meta pkttype"
ARP_HTYPE: Final = "arp htype"
ARP_PTYPE: Final = "arp ptype"
ARP_HLEN: Final = "arp hlen"
ARP_PLEN: Final = "arp plen"
ARP_OPERATION: Final = "arp operation"
ARP_SOURCE_MAC: Final = "arp saddr ether"
ARP_SOURCE: Final = "arp saddr ip"
ARP_TARGET_MAC: Final = "arp daddr ether"
ARP_TARGET: Final = "arp daddr ip"
RAW: Final = "@th,"
RAW_BITS: Final = 128

WIDTH: Final[dict[str, int]] = {
    IIF: 128,
    OIF: 128,
    ETHER_SOURCE: 48,
    ETHER_TARGET: 48,
    TAG: 16,
    VLAN: 12,
    PROTOCOL: 16,
    SOURCE4: 32,
    TARGET4: 32,
    SOURCE6: 128,
    TARGET6: 128,
    PROTO: 8,
    LATER: 1,
    SPORT: 16,
    DPORT: 16,
    TYPE: 8,
    HOPS: 8,
    STATE: 3,
    DIRECTION: 2,
    CONFIRMED: 1,
    TRANSLATED: 1,
    MARK: 32,
    USER: 32,
    CAST: 2,
    ARP_HTYPE: 16,
    ARP_PTYPE: 16,
    ARP_HLEN: 8,
    ARP_PLEN: 8,
    ARP_OPERATION: 16,
    ARP_SOURCE_MAC: 48,
    ARP_SOURCE: 32,
    ARP_TARGET_MAC: 48,
    ARP_TARGET: 32,
}

IP4, IP6, ARP, RARP, TAGGED, PROVIDER = 0x0800, 0x86DD, 0x0806, 0x8035, 0x8100, 0x88A8
"""EtherTypes (IEEE 802 numbers)."""
TCP, UDP, ICMP, ICMP6, IGMP, VRRP = 6, 17, 1, 58, 2, 112
"""IP protocols (IANA)."""
INVALID, ESTABLISHED, RELATED, NEW, UNTRACKED = range(5)
"""Values of STATE."""
ORIGINAL, REPLY, NO_DIRECTION = range(3)
"""Values of DIRECTION; packets that no connection is known of have none, and no rule that asks for one matches."""
TO_US, BROADCAST, MULTICAST, TO_OTHERS = range(4)
"""Values of CAST (linux/if_packet.h)."""
_NAME_BYTES = 16
"""IFNAMSIZ of linux/if.h: names of interfaces are compared as so many bytes, padded with zeros."""


def width(field: str) -> int:
    """Return a field's width in bits."""
    return WIDTH.get(field, RAW_BITS)


def named(interface: str) -> int:
    """Return an interface's name as the kernel compares it."""
    return int.from_bytes(interface.encode().ljust(_NAME_BYTES, b"\0"), "big")


def name_of(number: int) -> str:
    """Return the name that a number stands for."""
    return number.to_bytes(_NAME_BYTES, "big").rstrip(b"\0").decode(errors="replace")
