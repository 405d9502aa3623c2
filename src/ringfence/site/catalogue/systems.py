# SPDX-License-Identifier: Apache-2.0
"""Running computers: time, names, accounts, remote access, monitoring."""

from __future__ import annotations

from ringfence.site.service import VRRP_GROUP

from .entry import PING4, PING6, VRRP, back, broadcast, encrypted, multicast, plain, remote, tcp, udp

_PTP_GROUP = "224.0.1.129"

SYSTEMS = (
    plain("ping", "Echo requests and their answers", "RFC 792, RFC 4443", PING4, PING6),
    plain("ntp", "Network time", "IANA ntp; RFC 5905", udp(123)),
    encrypted("nts", "Key exchange of authenticated network time", "IANA ntske; RFC 8915", tcp(4460)),
    plain(
        "ptp",
        "Precision time over UDP",
        "IANA ptp-event, ptp-general; IEEE 1588",
        multicast(udp((319, 320)), _PTP_GROUP),
        back(multicast(udp((319, 320)), _PTP_GROUP)),
    ),
    plain(
        "vrrp",
        "VRRP: the machines of a redundant pair agree who answers for their shared address",
        "IANA protocol 112; RFC 9568",
        multicast(VRRP, str(VRRP_GROUP)),
        back(multicast(VRRP, str(VRRP_GROUP))),
    ),
    plain("vrrp-unicast", "VRRP to the other machine alone", "IANA protocol 112; keepalived.conf(5)", VRRP, back(VRRP)),
    plain(
        "netbios-name",
        "NetBIOS names: asked of everyone, answered to who asked",
        "IANA netbios-ns; RFC 1002 clause 5.1",
        broadcast(udp(137)),
        udp(137),
        back(udp(137)),
    ),
    plain(
        "netbios-datagram",
        "NetBIOS datagrams to everyone and to one",
        "IANA netbios-dgm; RFC 1002 clause 5.3",
        broadcast(udp(138)),
        udp(138),
    ),
    plain(
        "sentinel-ldk",
        "Sentinel LDK (HASP) licences: servers are searched by broadcast",
        "IANA hlserver; Thales Sentinel LDK, Remote Communications",
        broadcast(udp(1947)),
        udp(1947),
        tcp(1947),
        back(udp(1947)),
    ),
    plain("dns", "Names", "IANA domain; RFC 1035, RFC 7766", udp(53), tcp(53)),
    encrypted("dns-tls", "Names over TLS", "IANA domain-s; RFC 7858", tcp(853)),
    plain("ldap", "Directory", "IANA ldap; RFC 4511", tcp(389)),
    encrypted("ldaps", "Directory over TLS", "IANA ldaps", tcp(636)),
    encrypted("kerberos", "Tickets", "IANA kerberos; RFC 4120", tcp(88), udp(88)),
    encrypted("kerberos-password", "Change of passwords", "IANA kpasswd; RFC 3244", tcp(464), udp(464)),
    plain("radius", "RADIUS", "IANA radius, radius-acct; RFC 2865, RFC 2866", udp((1812, 1813))),
    plain("tacacs", "TACACS+", "IANA tacacs; RFC 8907", tcp(49)),
    remote(encrypted("ssh", "Secure shell and its file transfer", "IANA ssh; RFC 4253", tcp(22))),
    remote(plain("telnet", "Telnet", "IANA telnet; RFC 854", tcp(23))),
    remote(encrypted("rdp", "Remote Desktop", "IANA ms-wbt-server; MS-RDPBCGR", tcp(3389), udp(3389))),
    remote(plain("vnc", "VNC, first screen", "IANA rfb; RFC 6143", tcp(5900))),
    remote(plain("winrm", "Windows Remote Management", "IANA wsman; MS-WSMV", tcp(5985))),
    remote(encrypted("winrm-https", "Windows Remote Management over TLS", "IANA wsmans; MS-WSMV", tcp(5986))),
    remote(plain("ipmi", "IPMI over LAN", "IANA asf-rmcp; IPMI 2.0", udp(623))),
    plain("zabbix-agent", "Zabbix server asks agents", "IANA zabbix-agent", tcp(10050)),
    plain("zabbix-trapper", "Zabbix agents report", "IANA zabbix-trapper", tcp(10051)),
    plain("prometheus", "Prometheus API", "Prometheus documentation, default port", tcp(9090)),
    plain("node-exporter", "Prometheus node exporter", "Prometheus documentation, default port", tcp(9100)),
)
