# SPDX-License-Identifier: Apache-2.0
"""Versions out of what tools print: ``nftables v1.0.6 (...)`` is (1, 0, 6)."""

from __future__ import annotations

import re

Version = tuple[int, ...]

_DOTTED = re.compile(r"\d+(?:\.\d+)+", re.ASCII)
_DAEMON = re.compile(r"^Running against daemon: ([\d.]+)", re.ASCII | re.MULTILINE)


def parse_version(text: str) -> Version:
    """Return the first dotted number in ``text``; empty where there is none."""
    match = _DOTTED.search(text)
    return tuple(int(part) for part in match[0].split(".")) if match else ()


def parse_libvirt_version(text: str) -> Version:
    """Version of the daemon, not of the client, out of ``virsh version --daemon``; empty where not told."""
    match = _DAEMON.search(text)
    return parse_version(match[1]) if match else ()
