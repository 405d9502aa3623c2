# SPDX-License-Identifier: Apache-2.0
"""Hospitals: imaging and messages."""

from __future__ import annotations

from .entry import back, encrypted, plain, tcp

MEDICAL = (
    plain("dicom", "DICOM: store, query, echo", "IANA acr-nema, dicom; DICOM PS3.8", tcp(104, 11112)),
    plain(
        "dicom-move",
        "DICOM C-MOVE: the archive opens a second association back",
        "IANA acr-nema, dicom; DICOM PS3.4 annex C",
        tcp(104, 11112),
        back(tcp(104, 11112)),
    ),
    encrypted("dicom-tls", "DICOM over TLS", "IANA dicom-tls; DICOM PS3.15", tcp(2762)),
    plain("hl7-mllp", "HL7 version 2 over MLLP", "IANA hl7", tcp(2575)),
)
