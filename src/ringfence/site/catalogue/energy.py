# SPDX-License-Identifier: Apache-2.0
"""Power and water: telecontrol, substations, meters."""

from __future__ import annotations

from .entry import encrypted, plain, tcp, udp

ENERGY = (
    plain("iec-104", "IEC 60870-5-104 telecontrol", "IANA iec-104; IEC 60870-5-104", tcp(2404)),
    encrypted("iec-104-tls", "IEC 60870-5-104 over TLS", "IANA iec-104-sec; IEC 62351-3", tcp(19998)),
    plain("dnp3", "DNP3 telecontrol", "IANA dnp; IEEE 1815", tcp(20000), udp(20000)),
    encrypted("dnp3-tls", "DNP3 over TLS", "IANA dnp-sec; IEEE 1815", tcp(19999)),
    plain("iec-61850-mms", "IEC 61850 MMS", "IANA iso-tsap; IEC 61850-8-1", tcp(102)),
    encrypted("iec-61850-mms-tls", "IEC 61850 MMS over TLS", "IANA iso-tp0s; IEC 62351-4", tcp(3782)),
    plain("iccp", "ICCP (TASE.2) between control centres", "IANA iso-tsap; IEC 60870-6", tcp(102)),
    plain("synchrophasor", "Synchrophasor data", "IEEE C37.118.2, default ports", tcp(4712), udp(4713)),
    plain("dlms-cosem", "DLMS/COSEM meters", "IANA dlms-cosem; IEC 62056-47", tcp(4059), udp(4059)),
)
