# SPDX-License-Identifier: Apache-2.0
"""One MMS request in, one response out: Read and Identify (ISO 9506-2). Pure over bytes, and total."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from guests.roles.mms.ber import BerError, first, inner, integer, items, tlv

REQUEST, RESPONSE, ERROR = 0xA0, 0xA1, 0xA2
CONCLUDE, CONCLUDED = 0x8B, 0x8C
INVOKE = 0x02
READ, IDENTIFY, IDENTIFIED = 0xA4, 0x82, 0xA2
NAME_IN_DOMAIN, DOMAIN_SPECIFIC = 0xA0, 0xA1
VISIBLE_STRING = 0x1A
FAILURE, BOOLEAN, BIT_STRING, INTEGER = 0x80, 0x83, 0x84, 0x85
NOT_THERE = 10
"""DataAccessError object-non-existent."""
OFF, ON = "off", "on"
_POSITION_BITS = {OFF: b"\x40", ON: b"\x80"}
"""Double points (IEC 61850-7-3, Dbpos): two bits, 01 is off and 10 is on; BER says that six more are not used."""
_UNUSED = b"\x06"

Value = bool | int | str
Variables = Mapping[str, Value]
"""By name: ``IED1LD0/XCBR1$ST$Pos$stVal``. The texts on and off are positions."""


def answer(variables: Variables, pdu: bytes, model: str) -> bytes:
    """Answer the response to a confirmed request; an error where the service is not known. Raises BerError."""
    tag, content, _ = first(pdu)
    if tag == CONCLUDE:
        return tlv(CONCLUDED)
    found, number, service = first(content)
    if tag != REQUEST or found != INVOKE:
        raise BerError("This is no confirmed request.")
    kind, asked, _ = first(service)
    if kind == READ:
        results = (_result(variables, name) for name in _names(asked))
        return tlv(RESPONSE, tlv(INVOKE, number), tlv(READ, tlv(0xA1, *results)))
    if kind == IDENTIFY:
        said = (tlv(0x80, b"Ringfence examples"), tlv(0x81, model.encode()), tlv(0x82, b"1"))
        return tlv(RESPONSE, tlv(INVOKE, number), tlv(IDENTIFIED, *said))
    return tlv(ERROR, tlv(0x80, number), tlv(0xA2, tlv(0xA0, integer(0x81, 0))))


def _names(asked: bytes) -> Iterator[str]:
    for tag, variable in items(inner(asked, 0xA1, 0xA0)):
        if tag == 0x30:  # noqa: PLR2004 - SEQUENCE
            words = [content for _, content in items(inner(variable, NAME_IN_DOMAIN, DOMAIN_SPECIFIC))]
            yield "/".join(word.decode("ascii", "replace") for word in words)


def _result(variables: Variables, name: str) -> bytes:
    value = variables.get(name)
    if value is None:
        return tlv(FAILURE, bytes([NOT_THERE]))
    return encoded(value)


def encoded(value: Value) -> bytes:
    """Answer a value as MMS data."""
    if isinstance(value, bool):
        return tlv(BOOLEAN, bytes([value]))
    if isinstance(value, int):
        return integer(INTEGER, value)
    return tlv(BIT_STRING, _UNUSED, _POSITION_BITS[value])


def decoded(tag: int, content: bytes) -> Value:
    """Answer the value of MMS data. Raises BerError, LookupError where the far side has no such variable."""
    if tag == BOOLEAN:
        return content != b"\0"
    if tag == INTEGER:
        return int.from_bytes(content, "big", signed=True)
    for position, bits in _POSITION_BITS.items():
        if (tag, content) == (BIT_STRING, _UNUSED + bits):
            return position
    if tag == FAILURE:
        raise LookupError("The device has no such variable.")
    raise BerError("The value is of a kind that is not known here.")


def question(number: int, name: str) -> bytes:
    """Answer the request to read one variable."""
    words = (tlv(VISIBLE_STRING, word.encode()) for word in name.split("/"))
    variable = tlv(0x30, tlv(NAME_IN_DOMAIN, tlv(DOMAIN_SPECIFIC, *words)))
    return tlv(REQUEST, integer(INVOKE, number), tlv(READ, tlv(0xA1, tlv(0xA0, variable))))


def result(pdu: bytes) -> Value:
    """Answer the value of a response to that. Raises BerError, LookupError."""
    tag, value, _ = first(inner(pdu, RESPONSE, READ, 0xA1))
    return decoded(tag, value)
