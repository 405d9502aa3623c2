# SPDX-License-Identifier: Apache-2.0
"""Building automation."""

from __future__ import annotations

from .entry import back, broadcast, encrypted, multicast, plain, tcp, udp

BUILDING = (
    plain(
        "bacnet-ip",
        "BACnet/IP between two devices, in both directions",
        "IANA bacnet; ANSI/ASHRAE 135 annex J",
        udp(47808),
        back(udp(47808)),
    ),
    plain(
        "bacnet-who-is",
        "BACnet/IP discovery: Who-Is to everyone, I-Am to everyone or to who asked",
        "IANA bacnet; ANSI/ASHRAE 135 clause 16.10, annex J",
        broadcast(udp(47808)),
        back(broadcast(udp(47808))),
        back(udp(47808)),
    ),
    plain(
        "knxnet-ip-routing",
        "KNXnet/IP routing between routers, in both directions",
        "IANA efcp, multicast EIBnet/IP; ISO 22510",
        multicast(udp(3671), "224.0.23.12"),
        back(multicast(udp(3671), "224.0.23.12")),
    ),
    plain("knxnet-ip", "KNXnet/IP tunnelling and management", "IANA efcp; ISO 22510", udp(3671), tcp(3671)),
    plain("lonworks-ip", "LonTalk over IP", "IANA lontalk-norm, lontalk-urgnt", udp((1628, 1629))),
    plain("niagara-fox", "Tridium Niagara Fox", "Tridium Niagara 4 Hardening Guide", tcp(1911)),
    encrypted("niagara-foxs", "Tridium Niagara Fox over TLS", "Tridium Niagara 4 Hardening Guide", tcp(4911)),
)
