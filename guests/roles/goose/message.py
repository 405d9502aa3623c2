# SPDX-License-Identifier: Apache-2.0
"""GOOSE (IEC 61850-8-1 clause 18 and annex A): one multicast frame that says how a bay is. Pure over bytes."""

from __future__ import annotations

import struct
from dataclasses import dataclass

from guests.roles.mms.ber import BerError, inner, integer, items, tlv
from guests.roles.mms.read import Value, decoded, encoded

ETHERTYPE = 0x88B8
VLAN = 0x8100
PRIORITY = 4
"""Of the tag: IEC 61850-8-1 annex C. The VLAN is 0, which makes it a priority tag."""
_HEADER = struct.Struct(">HHHH")
_PDU = 0x61
_ALL_DATA = 0xAB
_CONTROL_BLOCK, _LIFETIME, _DATA_SET, _ID, _TIME, _STATE, _SEQUENCE, _TEST, _REVISION, _COMMISSIONING, _COUNT = range(
    0x80, 0x8B
)
LIFETIME_MS = 4000


@dataclass(frozen=True)
class Message:
    """What a bay says. ``state`` counts changes of ``values``, ``sequence`` the repetitions since."""

    control_block: str
    state: int
    sequence: int
    values: tuple[Value, ...]
    application: int = 1


def frame(message: Message, source: str, destination: str) -> bytes:
    """Answer the priority-tagged Ethernet frame."""
    tag = struct.pack(">HH", VLAN, PRIORITY << 13)
    return _mac(destination) + _mac(source) + tag + ETHERTYPE.to_bytes(2, "big") + encode(message)


def encode(message: Message) -> bytes:
    """Answer what follows the EtherType."""
    name = message.control_block.encode()
    pdu = tlv(
        _PDU,
        tlv(_CONTROL_BLOCK, name),
        integer(_LIFETIME, LIFETIME_MS),
        tlv(_DATA_SET, name + b"$set"),
        tlv(_ID, name),
        tlv(_TIME, bytes(8)),  # no guest of this example keeps a clock
        integer(_STATE, message.state),
        integer(_SEQUENCE, message.sequence),
        tlv(_TEST, b"\0"),
        integer(_REVISION, 1),
        tlv(_COMMISSIONING, b"\0"),
        integer(_COUNT, len(message.values)),
        tlv(_ALL_DATA, *(encoded(value) for value in message.values)),
    )
    return _HEADER.pack(message.application, _HEADER.size + len(pdu), 0, 0) + pdu


def decode(body: bytes) -> Message:
    """Answer the message of what follows the EtherType. Raises BerError."""
    if len(body) < _HEADER.size:
        raise BerError("The frame is shorter than GOOSE's header.")
    application, size, _, _ = _HEADER.unpack(body[: _HEADER.size])
    pdu = inner(body[_HEADER.size : size], _PDU)
    fields = dict(items(pdu))
    if not {_CONTROL_BLOCK, _STATE, _SEQUENCE, _ALL_DATA} <= fields.keys():
        raise BerError("The frame does not say what GOOSE has to.")
    values = tuple(decoded(tag, content) for tag, content in items(fields[_ALL_DATA]))
    number = {key: int.from_bytes(fields[key], "big") for key in (_STATE, _SEQUENCE)}
    name = fields[_CONTROL_BLOCK].decode("ascii", "replace")
    return Message(name, number[_STATE], number[_SEQUENCE], values, application)


def _mac(text: str) -> bytes:
    return bytes.fromhex(text.replace(":", ""))
