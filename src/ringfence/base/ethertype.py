# SPDX-License-Identifier: Apache-2.0
"""EtherTypes (IEEE 802 numbers, IANA's list) that layer-2 conduits name, and those that they must not."""

from __future__ import annotations

IP_AND_TAGS = frozenset(
    {
        0x0800,  # IPv4
        0x0806,  # ARP
        0x8035,  # RARP: the announcement of a guest that moved
        0x86DD,  # IPv6
        0x8847,  # MPLS carries IP, as does what follows
        0x8848,
        0x8863,  # PPPoE
        0x8864,
        0x8100,  # tags: a conduit names the VLAN beside the EtherType
        0x88A8,
        0x9100,
        0x9200,
    }
)
"""Packets of IP are the router's work, and the EtherType behind a tag is what counts."""

GOOSE, SAMPLED_VALUES, PTP, PROFINET, ETHERCAT = 0x88B8, 0x88BA, 0x88F7, 0x8892, 0x88A4
_NAMES = {
    0x88AB: "POWERLINK",
    0x88CC: "LLDP",
    0x88CD: "SERCOS III",
    0x88E3: "MRP",
    GOOSE: "GOOSE",
    0x88B9: "GSE management",
    SAMPLED_VALUES: "sampled values",
    PTP: "PTP",
    PROFINET: "PROFINET",
    ETHERCAT: "EtherCAT",
}


def frames_text(ethertype: int) -> str:
    """Return what a person calls frames of an EtherType: ``GOOSE 0x88b8``, or its number alone."""
    name = _NAMES.get(ethertype, "")
    return f"{name} {ethertype:#06x}".lstrip()
