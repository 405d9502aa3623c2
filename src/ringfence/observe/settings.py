# SPDX-License-Identifier: Apache-2.0
"""Configuration files of libvirt (qemu.conf, libvirtd.conf, virtqemud.conf) as values by key."""

from __future__ import annotations

import re

_ASSIGNED = re.compile(r"^\s*([a-z][a-z0-9_]*)\s*=\s*(.*)$", re.ASCII)
_QUOTED = re.compile(r'"([^"]*)"')


def parse_settings(text: str) -> dict[str, str]:
    """Return the values that are set; those of lists are joined by commas. The last one of equal keys counts.

    Raises ValueError for a list that never ends.
    """
    found: dict[str, str] = {}
    lines = iter(text.splitlines())
    for line in lines:
        match = _ASSIGNED.match(line)
        if match is None:
            continue
        value = match[2]
        while value.lstrip().startswith("[") and "]" not in _bare(value):
            more = next(lines, None)
            if more is None:
                raise ValueError(f"The list of '{match[1]}' has no end.")
            value += " " + more.partition("#")[0]
        found[match[1]] = _value(value)
    return found


def _bare(text: str) -> str:
    return _QUOTED.sub("", text)


def _value(text: str) -> str:
    words: list[str] = _QUOTED.findall(text)
    if text.lstrip().startswith("["):
        return ",".join(words)
    if text.lstrip().startswith('"'):
        return words[0] if words else ""
    return text.partition("#")[0].strip()
