# SPDX-License-Identifier: Apache-2.0
"""Controllers, field devices and their engineering."""

from __future__ import annotations

from .entry import back, encrypted, multicast, plain, tcp, udp

AUTOMATION = (
    plain("modbus", "Modbus TCP", "IANA mbap; MODBUS Messaging on TCP/IP 1.0b", tcp(502)),
    encrypted("modbus-tls", "Modbus/TCP Security", "IANA mbap-s; MODBUS/TCP Security 21", tcp(802)),
    plain("s7", "Siemens S7 communication over ISO on TCP", "IANA iso-tsap; RFC 1006", tcp(102)),
    plain(
        "opc-ua", "OPC UA binary; the security mode decides about encryption", "IANA opcua-tcp; OPC 10000-6", tcp(4840)
    ),
    plain(
        "opc-ua-pubsub-discovery",
        "OPC UA PubSub discovery over UDP; the groups of the data itself are each site's own",
        "IANA opcua-udp; OPC 10000-14 clause 7.3.2",
        multicast(udp(4840), "224.0.2.14"),
        back(multicast(udp(4840), "224.0.2.14")),
    ),
    encrypted("opc-ua-tls", "OPC UA over TLS", "IANA opcua-tls", tcp(4843)),
    plain(
        "opc-classic",
        "OPC DA, HDA and AE over DCOM: both sides call each other on dynamic ports",
        "IANA epmap; Microsoft's default dynamic port range since Windows Vista",
        tcp(135, (49152, 65535)),
        back(tcp(135, (49152, 65535))),
    ),
    plain(
        "ethernet-ip",
        "EtherNet/IP explicit messages",
        "IANA EtherNet-IP-2; ODVA CIP volume 2",
        tcp(44818),
        udp(44818),
    ),
    plain(
        "ethernet-ip-io",
        "EtherNet/IP implicit messages (I/O), unicast in both directions; multicast groups are each device's own",
        "IANA EtherNet-IP-1; ODVA CIP volume 2",
        udp(2222),
        back(udp(2222)),
    ),
    encrypted("ethernet-ip-tls", "EtherNet/IP over TLS and DTLS", "IANA ethernet-ip-s", tcp(2221), udp(2221)),
    plain(
        "profinet-cm", "PROFINET IO context management; its real-time data is layer 2", "IANA profinet-cm", udp(34964)
    ),
    plain("ethercat", "EtherCAT over UDP (mailbox gateway)", "IANA ethercat", udp(34980), tcp(34980)),
    plain("hart-ip", "HART-IP", "IANA hart-ip; FieldComm HCF_SPEC-085", tcp(5094), udp(5094)),
    plain(
        "foundation-fieldbus",
        "FOUNDATION Fieldbus HSE",
        "IANA ff-annunc, ff-fms, ff-sm",
        tcp((1089, 1091)),
        udp((1089, 1091)),
        back(udp((1089, 1091))),
    ),
    plain("fins", "Omron FINS", "Omron W421, default FINS port", tcp(9600), udp(9600)),
    plain("ads", "Beckhoff TwinCAT ADS/AMS", "Beckhoff Information System, TwinCAT ADS", tcp(48898)),
    encrypted("ads-tls", "Beckhoff Secure ADS", "Beckhoff Information System, Secure ADS", tcp(8016)),
    plain("ge-srtp", "GE and Emerson PACSystems SRTP", "GE GFK-2224, TCP/IP Ethernet Communications", tcp(18245)),
    plain(
        "codesys",
        "CODESYS V3 runtime and gateway",
        "CODESYS Online Help, communication ports",
        tcp(1217, (11740, 11743)),
        udp((1740, 1743)),
    ),
    plain("suitelink", "AVEVA (Wonderware) SuiteLink", "IANA wwiotalk", tcp(5413)),
)
