# SPDX-License-Identifier: Apache-2.0
"""Clauses that criteria are held against, with short names in our own words.

``HB-nn`` are Ringfence's own numbers for what NIST SP 800-125A asks of a hypervisor; the document's own are not used,
for they differ between its drafts and its revisions.
"""

from __future__ import annotations

from collections.abc import Mapping

from ringfence.assure.clauses import CLAUSES as DESIGN

_SYSTEM_REQUIREMENTS = {
    "1.1": "Human user identification and authentication",
    "2.1": "Authorization enforcement",
    "4.2": "Information persistence",
}

CLAUSES: Mapping[str, str] = {
    **DESIGN,
    **{f"IEC 62443-3-3 SR {number}": name for number, name in _SYSTEM_REQUIREMENTS.items()},
    "NIST SP 800-53r5 AC-6": "Least Privilege",
    "NIST SP 800-53r5 AU-8": "Time Stamps",
    "NIST SP 800-53r5 CM-6": "Configuration Settings",
    "NIST SP 800-53r5 CM-7": "Least Functionality",
    "NIST SP 800-53r5 SC-3": "Security Function Isolation",
    "NIST SP 800-53r5 SC-4": "Information in Shared System Resources",
    "NIST SP 800-53r5 SC-5": "Denial-of-Service Protection",
    "NIST SP 800-53r5 SC-6": "Resource Availability",
    "NIST SP 800-53r5 SC-28": "Protection of Information at Rest",
    "NIST SP 800-53r5 SC-39": "Process Isolation",
    "NIST SP 800-53r5 SI-16": "Memory Protection",
    "HB-01": "The host boots measured or verified",
    "HB-02": "The processor's virtualization and IOMMU are there and on",
    "HB-03": "Memory has a guarantee and a ceiling per machine",
    "HB-04": "Memory of machines is not swapped",
    "HB-06": "Processor time has a ceiling per machine",
    "HB-07": "No memory pages are shared across zones",
    "HB-08": "Device emulation runs without privileges",
    "HB-09": "Only the devices that are needed are there",
    "HB-11": "Devices are passed through only behind an IOMMU",
    "HB-13": "Disk and network have rate limits",
    "HB-14": "Every device a machine gets is access-controlled",
    "HB-15": "The surface that guests can call is small; nesting is off",
    "HB-22": "Few accounts administer the host",
    "HB-23": "The host is administered over authenticated, encrypted channels",
    "HB-24": "The host's settings are hardened and checked",
    "HB-25": "Updates come promptly, and run",
    "HB-26": "Only listed ports of the host can be reached",
    "BSI SYS.1.5.A2": "Safe use of virtualization",
    "BSI SYS.1.5.A3": "Devices of the host in guests",
    "BSI SYS.1.5.A5": "Protection of administration interfaces",
    "BSI SYS.1.5.A7": "Time synchronisation",
    "BSI SYS.1.5.A16": "No copying between guests",
    "BSI SYS.1.5.A21": "No overcommitment of resources",
    "BSI SYS.1.5.A22": "Hardening of the host",
    "BSI SYS.1.5.A23": "Rights of guests",
    "BSI SYS.1.5.A28": "Encryption of virtual machines",
}
"""Short name by clause."""
