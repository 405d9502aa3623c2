# SPDX-License-Identifier: Apache-2.0
"""A UEFI variable store (OVMF's NVRAM file) as the state of Secure Boot that its machine boots with.

Format: EDK2's VariableFormat.h and FirmwareVolumeHeader; only authenticated stores in raw files are read.
"""

from __future__ import annotations

import struct
import uuid
from collections.abc import Iterator
from typing import NamedTuple

from ringfence.facts.unseen import Unseen

MOST_BYTES = 4 << 20
"""An OVMF store has 528 KiB, the smallest ones 84."""
_STORE = uuid.UUID("aaf32c78-947b-439a-a180-2e144ec37792").bytes_le
_GLOBAL = uuid.UUID("8be4df61-93ca-11d2-aa0d-00e098032b8c").bytes_le
_SWITCH = uuid.UUID("f0a30bc7-af08-4556-99c4-001009c93a44").bytes_le
_VALID, _START, _HEADER_BYTES, _STORE_HEADER_BYTES = 0x3F, 0x55AA, 60, 28
_FORMATTED, _HEALTHY = 0x5A, 0xFE


class Variable(NamedTuple):
    """A variable that is in force. ``vendor`` is its GUID as it lies in the store."""

    name: str
    vendor: bytes
    value: bytes


def secure_boot(store: bytes) -> bool | Unseen:
    """Tell whether the machine boots with Secure Boot: a platform key is there, and the switch is not off."""
    try:
        variables = {(one.vendor, one.name): one.value for one in _variables(store)}
    except (struct.error, ValueError) as odd:
        return Unseen(f"The variable store cannot be read: {odd}.")
    switch = variables.get((_SWITCH, "SecureBootEnable"))
    return bool(variables.get((_GLOBAL, "PK"))) and switch == b"\x01"


def _variables(store: bytes) -> Iterator[Variable]:
    place = struct.unpack_from("<H", store, 48)[0]  # HeaderLength of the firmware volume
    if store[40:44] != b"_FVH":
        raise ValueError("it is no firmware volume")
    if store[place : place + 16] != _STORE:
        raise ValueError("it holds no authenticated variables")
    size, formatted, healthy = struct.unpack_from("<IBB", store, place + 16)
    if (formatted, healthy) != (_FORMATTED, _HEALTHY) or place + size > len(store):
        raise ValueError("it is damaged")
    yield from _walk(store, place + _STORE_HEADER_BYTES, place + size)


def _walk(store: bytes, place: int, end: int) -> Iterator[Variable]:
    while place + _HEADER_BYTES <= end and struct.unpack_from("<H", store, place)[0] == _START:
        state = store[place + 2]
        name_size, data_size = struct.unpack_from("<II", store, place + 36)
        vendor, start = store[place + 44 : place + 60], place + _HEADER_BYTES
        stop = start + name_size + data_size
        if stop > end:
            raise ValueError("a variable reaches past its end")
        if state == _VALID:
            name = store[start : start + name_size].decode("utf-16-le").rstrip("\0")
            yield Variable(name, vendor, store[start + name_size : stop])
        place = (stop + 3) & ~3
