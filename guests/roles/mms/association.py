# SPDX-License-Identifier: Apache-2.0
"""The layers below MMS: session, presentation and association control, with the one profile that IEC 61850-8-1 uses.

Sources: ISO 8327-1 (session), ISO 8823-1 (presentation), ISO 8650-1 (ACSE), ISO 9506-2 (MMS initiate). Nothing in
them is negotiated here: both sides of an association say what every device says. Pure over bytes.
"""

from __future__ import annotations

from guests.roles.mms.ber import BerError, first, inner, integer, tlv

CONNECT, ACCEPT = 0x0D, 0x0E
USER_DATA = 0xC1
_LONG = 0xFF
"""A length from here on takes three bytes, the first of them this (ISO 8327-1 clause 8.2.5)."""
GIVE_TOKENS_AND_DATA = bytes.fromhex("01000100")
_VERSION = bytes.fromhex("0506130100160102")
_DUPLEX = bytes.fromhex("14020002")
_SELECTORS = bytes.fromhex("3302000134020001")
_RESPONDING = bytes.fromhex("34020001")
_NORMAL_MODE = bytes.fromhex("a003800101")
_ACSE, _MMS = 1, 3
"""Numbers of the presentation contexts."""
_CONTEXTS = bytes.fromhex("a423300f0201010604520100013004060251013010020103060528ca220201300406025101")
_RESULTS = tlv(0xA5, 2 * tlv(0x30, bytes.fromhex("8001008102") + bytes.fromhex("5101")))
_CONTEXT_NAME = bytes.fromhex("a107060528ca220203")
_ACCEPTED = bytes.fromhex("a203020100a305a103020100")
_BASIC_ENCODING = bytes.fromhex("06025101020103")
# Versions and options of MMS, as every IEC 61850 device says them: version 1, parameters, services.
_DETAIL = bytes.fromhex("800101 8103 05f100 820c 03ee1c00000408000079ef18")
_LIMITS = integer(0x80, 65000) + integer(0x81, 5) + integer(0x82, 5) + integer(0x83, 10)
"""Longest PDU, outstanding calls each way, depth of nesting."""


def _initiate(tag: int) -> bytes:
    return tlv(tag, _LIMITS, tlv(0xA4, _DETAIL))


def _user_information(mms: bytes) -> bytes:
    return tlv(0xBE, tlv(0x28, _BASIC_ENCODING, tlv(0xA0, mms)))


def _in_context(number: int, content: bytes) -> bytes:
    return tlv(0x61, tlv(0x30, integer(0x02, number), tlv(0xA0, content)))


def request() -> bytes:
    """Answer a session CONNECT that asks for an association of MMS."""
    acse = tlv(0x60, _CONTEXT_NAME, _user_information(_initiate(0xA8)))
    selectors = bytes.fromhex("810400000001 820400000001")
    presentation = tlv(0x31, _NORMAL_MODE, tlv(0xA2, selectors, _CONTEXTS, _in_context(_ACSE, acse)))
    return _session(CONNECT, _VERSION + _DUPLEX + _SELECTORS, presentation)


def response() -> bytes:
    """Answer the session ACCEPT to it."""
    acse = tlv(0x61, _CONTEXT_NAME, _ACCEPTED, _user_information(_initiate(0xA9)))
    selector = bytes.fromhex("830400000001")
    presentation = tlv(0x31, _NORMAL_MODE, tlv(0xA2, selector, _RESULTS, _in_context(_ACSE, acse)))
    return _session(ACCEPT, _VERSION + _DUPLEX + _RESPONDING, presentation)


def _session(kind: int, parameters: bytes, presentation: bytes) -> bytes:
    content = parameters + bytes([USER_DATA]) + _length(len(presentation)) + presentation
    return bytes([kind]) + _length(len(content)) + content


def _length(size: int) -> bytes:
    return bytes([size]) if size < _LONG else b"\xff" + size.to_bytes(2, "big")


def wrap(mms: bytes) -> bytes:
    """Answer session data that carries one MMS PDU."""
    return GIVE_TOKENS_AND_DATA + _in_context(_MMS, mms)


def unwrap(data: bytes) -> bytes:
    """Answer the MMS PDU of session data. Raises BerError."""
    if not data.startswith(GIVE_TOKENS_AND_DATA):
        raise BerError("This is no session data.")
    content = inner(data.removeprefix(GIVE_TOKENS_AND_DATA), 0x61, 0x30)
    _, number, rest = first(content)
    if int.from_bytes(number, "big") != _MMS:
        raise BerError("This is not in the context of MMS.")
    return inner(rest, 0xA0)
