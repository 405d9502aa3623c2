# SPDX-License-Identifier: Apache-2.0
"""Seeds carry, behind their file system, what they were made from, and the SHA-256 of everything before it.

So a seed that was altered by hand is noticed, and can be made again, without reading its file system.
"""

from __future__ import annotations

import hashlib
import re

from .volumes import FileFact

RECORD_BYTES = 4096
"""A whole number of sectors of every size that a seed is made with (512, 2048)."""
_RECORD = re.compile(rb"RINGFENCE-SEED 1 ([0-9a-f]{64}) (\d{1,5}) (\d{1,9}) ([0-9a-f]{64})\n\0*", re.ASCII)
ALTERED = "altered"


def seal(file_system: bytes, body: str, content: str, sector: int) -> bytes:
    """Return the whole seed: file system, ``body`` (JSON of its files) and the record of both."""
    source = body.encode()
    payload = file_system + source.ljust(-(-len(source) // RECORD_BYTES) * RECORD_BYTES, b"\0")
    proof = hashlib.sha256(payload).hexdigest()
    record = f"RINGFENCE-SEED 1 {content} {sector} {len(source)} {proof}\n".encode()
    return payload + record.ljust(RECORD_BYTES, b"\0")


def unseal(file: FileFact) -> tuple[dict[str, str], str]:
    """Return a seed's parts and body; ``file.head`` is the whole file. Where its record disagrees it is ``altered``."""
    payload, record = file.head[:-RECORD_BYTES], file.head[-RECORD_BYTES:]
    match = _RECORD.fullmatch(record)
    if match is None or match[4].decode() != hashlib.sha256(payload).hexdigest():
        return {**file.owned, "content": ALTERED, "sector": "0"}, ""
    length = int(match[3])
    room = -(-length // RECORD_BYTES) * RECORD_BYTES
    body = payload[len(payload) - room :][:length].decode(errors="replace")
    return {**file.owned, "content": match[1].decode(), "sector": match[2].decode()}, body
