# SPDX-License-Identifier: Apache-2.0
"""Kernel settings that are parts, and where the kernel keeps them."""

from __future__ import annotations


def sysctl_path(key: str, link: str) -> str | None:
    """Return the file of a setting, None where the part is no setting."""
    words = key.split(".")
    if words[0] == "net":
        return "/proc/sys/" + "/".join(words)
    if words[0] in {"inet", "inet6"}:
        version = {"inet": "ipv4", "inet6": "ipv6"}[words[0]]
        return f"/proc/sys/net/{version}/{words[1]}/{link}/{words[2]}"
    return None
