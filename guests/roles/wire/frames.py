# SPDX-License-Identifier: Apache-2.0
"""Modbus application data units on TCP: a header of seven bytes, then function code and data.

Source: MODBUS Messaging on TCP/IP Implementation Guide V1.0b, clause 3.1.3.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass

HEADER = struct.Struct(">HHHB")
MAX_PDU = 253
"""Bytes of function code and data at most: MODBUS Application Protocol V1.1b3, clause 4.1."""
MODBUS = 0
"""The protocol identifier that Modbus uses."""


LEAST = 2
"""The least length in a header: unit and function code."""


class FrameError(ValueError):
    """The bytes are not Modbus; nothing that follows on this connection can be told apart any more."""


@dataclass(frozen=True, slots=True)
class Frame:
    """One request or response: ``transaction`` ties them together, ``pdu`` is function code and data."""

    transaction: int
    unit: int
    pdu: bytes


def encode(frame: Frame) -> bytes:
    """Answer the bytes that go on the wire."""
    return HEADER.pack(frame.transaction, MODBUS, len(frame.pdu) + 1, frame.unit) + frame.pdu


def take(buffer: bytearray) -> Frame | None:
    """Take the first whole frame off ``buffer``; None while bytes are missing; FrameError when it is not Modbus."""
    if len(buffer) < HEADER.size:
        return None
    transaction, protocol, length, unit = HEADER.unpack_from(buffer)
    if protocol != MODBUS or not LEAST <= length <= MAX_PDU + 1:
        raise FrameError
    end = HEADER.size + length - 1
    if len(buffer) < end:
        return None
    pdu = bytes(buffer[HEADER.size : end])
    del buffer[:end]
    return Frame(transaction, unit, pdu)
