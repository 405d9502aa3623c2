# SPDX-License-Identifier: Apache-2.0
"""Whole devices that came or went: one thing to a person, a dozen parts to a definition."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from ringfence.compile.document import Kind

from .change import Change

_DEVICE = re.compile(r"devices/([^/@\[]+)(?:\[([^\]]*)\])?(?=[/@]|$)")
_TELLING = ("/source@file", "/source@dev", "/source@bridge", "/source@network", "@model", "@type")
"""The part that tells most about a device comes first."""


def device_of(key: str) -> str:
    """Return the beginning of a part's key that names its device: ``devices/disk[vda]``; empty for other parts."""
    found = _DEVICE.match(key)
    return found[0] if found else ""


def strange_devices(change: Change) -> Mapping[str, str]:
    """Return the devices that only the world has, or only the site, as ``disk sdx (/var/tmp/x.img)``."""
    if change.kind is not Kind.DOMAIN or change.before is None or change.after is None:
        return {}
    here, wanted = change.before.parts, change.after.parts
    sides = dict.fromkeys(_devices(here) - _devices(wanted), here)
    sides |= dict.fromkeys(_devices(wanted) - _devices(here), wanted)
    return {device: _words(device, parts) for device, parts in sides.items()}


def _devices(keys: Iterable[str]) -> set[str]:
    return {device for key in keys if (device := device_of(key))}


def _words(device: str, parts: Mapping[str, str]) -> str:
    found = _DEVICE.match(device)
    name = " ".join(word for word in found.groups() if word) if found else device
    told = next((parts[device + part] for part in _TELLING if device + part in parts), "")
    return f"{name} ({told})" if told else name
