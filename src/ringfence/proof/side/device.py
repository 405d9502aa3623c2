# SPDX-License-Identifier: Apache-2.0
"""Devices of a machine, read from the parts of its definition."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

from ringfence.base.addresses import Address, own_name
from ringfence.compile.document import Document
from ringfence.proof.flow import Place

from .found import machine

_ROOT: Final = re.compile(r"devices/(?P<tag>[\w-]+)(\[.*?\])?(#\d+)?(?=[/@]|$)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Device:
    """One device. ``parts`` are keyed by what follows its name: ``@type``, ``/source@file``; ``""`` is its own text."""

    workload: str
    artifact: Address
    name: str
    """``devices/disk[vda]``."""
    tag: str
    parts: dict[str, str] = field(default_factory=dict)

    @property
    def end(self) -> str:
        """Return whose it is, as an end."""
        return machine(self.workload)

    @property
    def short(self) -> str:
        """Return its name without the folder of all devices."""
        return self.name.removeprefix("devices/")

    def get(self, key: str) -> str:
        """Return a part; empty where it has none."""
        return self.parts.get(key, "")

    def place(self, key: str = "") -> Place:
        """Return where a part stands, or the first one where it has none such."""
        found = key if key in self.parts else min(self.parts, default="")
        return Place(self.artifact, self.name + found)

    def told(self, under: str) -> str:
        """Return everything that stands under a key, in words: ``host=10.0.0.1 service=4444``."""
        found = sorted((key, value) for key, value in self.parts.items() if key.startswith(under))
        return " ".join(f"{re.split('[/@]', key)[-1]}={value}" for key, value in found)


def devices_of(document: Document) -> Mapping[str, Device]:
    """Return the devices of a DOMAIN document by name."""
    found: dict[str, Device] = {}
    for key, value in document.parts.items():
        match = _ROOT.match(key)
        if match is None:
            continue
        name = match[0]
        if name not in found:
            found[name] = Device(own_name(document.address), document.address, name, match["tag"])
        found[name].parts[key[match.end() :]] = value
    return found


def strange_devices(document: Document) -> Iterator[tuple[str, str]]:
    """Yield parts below ``devices`` that are named as no device is."""
    for key, value in document.parts.items():
        if key.startswith("devices") and _ROOT.match(key) is None:
            yield key, value
