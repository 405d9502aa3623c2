# SPDX-License-Identifier: Apache-2.0
"""Identity derived by hash: the same site, fabric and address always give the same names, MACs and UUIDs.

A collision is possible and is a finding of whoever allocates; ``salt`` gives the next candidate.
"""

from __future__ import annotations

import base64
import hashlib
import json
import uuid
from collections.abc import Mapping, Sequence

Json = str | int | float | bool | None | Sequence["Json"] | Mapping[str, "Json"]

LINK_NAME_BYTES = 15  # IFNAMSIZ is 16 with its terminating zero (linux/if.h)


def canonical(value: Json) -> str:
    """Return JSON with sorted keys and no white space, so that equal values have equal text."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def digest(value: Json) -> str:
    """SHA-256 of the canonical form, 64 hexadecimal digits."""
    return hashlib.sha256(canonical(value).encode()).hexdigest()


def _hash(scope: Sequence[str], salt: int) -> bytes:
    return hashlib.sha256("\0".join((*scope, str(salt))).encode()).digest()


def link_name(shown: str, *scope: str, salt: int = 0) -> str:
    """Name of a network interface, at most 15 bytes: ``rf``, six letters of ``shown``, and a hash of ``scope``."""
    tail = base64.b32encode(_hash(scope, salt)).decode().lower()[:6]
    return f"rf{shown[:6].rstrip('-')}-{tail}"[:LINK_NAME_BYTES]


def mac(*scope: str, salt: int = 0) -> str:
    """Return a unicast MAC under QEMU's and KVM's prefix 52:54:00."""
    tail = _hash(("mac", *scope), salt)[:3]
    return "52:54:00:" + ":".join(f"{byte:02x}" for byte in tail)


def uuid_of(*scope: str, salt: int = 0) -> str:
    """Return a UUID (RFC 9562, version 8: custom) derived from ``scope``."""
    raw = bytearray(_hash(("uuid", *scope), salt)[:16])
    raw[6] = (raw[6] & 0x0F) | 0x80
    raw[8] = (raw[8] & 0x3F) | 0x80
    return str(uuid.UUID(bytes=bytes(raw)))


def number(limit: int, *scope: str, salt: int = 0) -> int:
    """Return a number from 0 up to, not including, ``limit``."""
    return int.from_bytes(_hash(("number", *scope), salt)[:8], "big") % limit
