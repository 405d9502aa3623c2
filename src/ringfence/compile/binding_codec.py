# SPDX-License-Identifier: Apache-2.0
"""Bindings as JSON, kept in libvirt's metadata and in revisions: a site can be recovered from the host alone."""

from __future__ import annotations

import json
from collections.abc import Mapping
from ipaddress import IPv4Address, IPv6Address
from typing import Any

from ringfence.base.errors import BadInput
from ringfence.base.identity import Json, canonical

from .bindings import InterfaceBinding, WorkloadBinding

FORMAT = 1


def to_json(binding: WorkloadBinding) -> str:
    """Return the binding as canonical JSON: equal bindings have equal text."""
    interfaces: dict[str, Json] = {name: _interface(nic) for name, nic in binding.interfaces.items()}
    return canonical(
        {
            "format": FORMAT,
            "uuid": binding.uuid,
            "uid": binding.uid,
            "machine": binding.machine,
            "cpu": binding.cpu,
            "interfaces": interfaces,
            "slots": dict(binding.slots),
            "images": dict(binding.images),
        }
    )


def from_json(text: str) -> WorkloadBinding:
    """Return the binding that ``to_json`` wrote. Raises BadInput when the text is none."""
    try:
        return _binding(json.loads(text))
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise BadInput(
            "A recorded binding cannot be read.",
            "Take the binding from an earlier revision, or let it be allocated anew.",
        ) from error


def _interface(nic: InterfaceBinding) -> Mapping[str, Json]:
    return {
        "mac": nic.mac,
        "ipv4": str(nic.ipv4) if nic.ipv4 else None,
        "ipv6": str(nic.ipv6) if nic.ipv6 else None,
        "tap": nic.tap,
    }


def _binding(found: dict[str, Any]) -> WorkloadBinding:
    if found["format"] != FORMAT:
        raise ValueError(found["format"])
    return WorkloadBinding(
        uuid=str(found["uuid"]),
        uid=int(found["uid"]),
        machine=str(found["machine"]),
        cpu=str(found["cpu"]),
        interfaces={str(name): _interface_of(nic) for name, nic in found["interfaces"].items()},
        slots={str(key): int(slot) for key, slot in found["slots"].items()},
        images={str(disk): str(sha256) for disk, sha256 in found["images"].items()},
    )


def _interface_of(found: dict[str, Any]) -> InterfaceBinding:
    return InterfaceBinding(
        mac=str(found["mac"]),
        ipv4=IPv4Address(found["ipv4"]) if found["ipv4"] else None,
        ipv6=IPv6Address(found["ipv6"]) if found["ipv6"] else None,
        tap=str(found["tap"]),
    )
