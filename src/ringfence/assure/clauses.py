# SPDX-License-Identifier: Apache-2.0
"""Clauses that rules are held against, with their short names.

Names of IEC 62443-3-3:2013 system requirements were checked against a published list. NIST SP 800-82r3,
800-125, 800-125A and 800-125B and NERC CIP are named without chapter or requirement numbers, because those
were not checked.
"""

from __future__ import annotations

from collections.abc import Mapping

_SYSTEM_REQUIREMENTS = {
    "1.5": "Authenticator management",
    "1.6": "Wireless access management",
    "1.7": "Strength of password-based authentication",
    "1.13": "Access via untrusted networks",
    "2.3": "Portable and mobile devices",
    "2.6": "Remote session termination",
    "2.11": "Timestamps",
    "3.1": "Communication integrity",
    "3.3": "Security functionality verification",
    "3.4": "Software and information integrity",
    "4.1": "Information confidentiality",
    "5.1": "Network segmentation",
    "5.2": "Zone boundary protection",
    "5.3": "Person-to-person communication",
    "5.4": "Application partitioning",
    "6.2": "Continuous monitoring",
    "7.1": "Denial of service protection",
    "7.2": "Resource management",
    "7.4": "Recovery and reconstitution",
    "7.6": "Network and security configuration settings",
    "7.7": "Least functionality",
    "7.8": "Component inventory",
}

CLAUSES: Mapping[str, str] = {
    **{f"IEC 62443-3-3 SR {number}": name for number, name in _SYSTEM_REQUIREMENTS.items()},
    "IEC 62443-3-3 clause 4.2": "Support of essential functions",
    "IEC 62443-3-3 clause 4.3": "Compensating countermeasures",
    "NIST SP 800-82r3": "Guide to Operational Technology (OT) Security",
    "NIST SP 800-125": "Guide to Security for Full Virtualization Technologies",
    "NIST SP 800-125A": "Security Recommendations for Server-based Hypervisor Platforms",
    "NIST SP 800-125B": "Secure Virtual Network Configuration for Virtual Machine (VM) Protection",
    "NIST SP 800-53r5 AC-17": "Remote Access",
    "NIST SP 800-53r5 CP-10": "System Recovery and Reconstitution",
    "NIST SP 800-53r5 SC-45": "System Time Synchronization",
    "NIST SP 800-53r5 SI-2": "Flaw Remediation",
    "NIST SP 800-53r5 SI-7": "Software, Firmware, and Information Integrity",
    "NERC CIP-005": "Electronic Security Perimeters",
}
"""Short name by clause, as ``Rule.clauses`` writes it."""
