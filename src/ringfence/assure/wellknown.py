# SPDX-License-Identifier: Apache-2.0
"""Ports that say what is spoken, whatever a service is called (IANA port number registry)."""

from __future__ import annotations

CLEARTEXT_LOGIN = frozenset({21, 23, 512, 513, 514})
"""TCP: ftp, telnet, and the BSD r-commands exec, login, shell."""

CLEARTEXT_COPY = frozenset({69})
"""UDP: tftp, which asks nobody who they are."""

MESSAGES = frozenset({25, 110, 143, 465, 587, 993, 995, 1863, 5222, 5223, 5269, 6667, 6697})
"""TCP: smtp, pop3, imap and their secured and submission ports; msnp, xmpp and irc."""

TIME = frozenset({123})
"""UDP: ntp."""

PLUMBING = frozenset({53, 67, 68, 123})
"""UDP: dns, dhcp and ntp, which carry no process values and no commands."""
