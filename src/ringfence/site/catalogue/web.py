# SPDX-License-Identifier: Apache-2.0
"""Web pages and interfaces."""

from __future__ import annotations

from .entry import encrypted, plain, tcp

WEB = (
    plain("http", "Web", "IANA http; RFC 9112", tcp(80)),
    encrypted("https", "Web over TLS", "IANA https; RFC 9110", tcp(443)),
    plain("http-alt", "Web on the alternate port", "IANA http-alt", tcp(8080)),
    encrypted("https-alt", "Web over TLS on the alternate port", "IANA pcsync-https", tcp(8443)),
)
