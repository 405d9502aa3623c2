# SPDX-License-Identifier: Apache-2.0
"""One Modbus request in, one response out. Pure over bytes, and total: every request has a response.

Source: MODBUS Application Protocol V1.1b3, clauses 6.1 to 6.6, 6.11, 6.12 and 7.
"""

from __future__ import annotations

import struct
from collections.abc import Callable

from guests.roles.plc.registers import AddressError, Registers, ValueRefusedError

ILLEGAL_FUNCTION, ILLEGAL_ADDRESS, ILLEGAL_VALUE = 1, 2, 3
MOST_BITS_READ, MOST_WORDS_READ, MOST_BITS_WRITTEN, MOST_WORDS_WRITTEN = 2000, 125, 1968, 123
COIL_ON, COIL_OFF = 0xFF00, 0x0000
_SPAN = struct.Struct(">HH")


def answer(registers: Registers, pdu: bytes) -> bytes:
    """Answer the response's function code and data to the request's; an exception response where it is due."""
    function = pdu[0]
    handler = _HANDLERS.get(function)
    if handler is None:
        return _exception(function, ILLEGAL_FUNCTION)
    try:
        return bytes([function]) + handler(registers, pdu[1:])
    except AddressError:
        return _exception(function, ILLEGAL_ADDRESS)
    except (ValueRefusedError, struct.error):  # struct.error: the request is too short or too long
        return _exception(function, ILLEGAL_VALUE)


def _exception(function: int, code: int) -> bytes:
    return bytes([function | 0x80, code])


def _span(data: bytes, most: int) -> tuple[int, int]:
    address, count = _SPAN.unpack(data)
    if not 1 <= count <= most:
        raise ValueRefusedError(count)
    return address, count


def _pack_bits(bits: list[bool]) -> bytes:
    packed = bytearray((len(bits) + 7) // 8)
    for place, bit in enumerate(bits):
        packed[place // 8] |= bit << place % 8
    return bytes([len(packed)]) + packed


def _pack_words(words: list[int]) -> bytes:
    return struct.pack(f">B{len(words)}H", 2 * len(words), *words)


def _read_coils(registers: Registers, data: bytes) -> bytes:
    return _pack_bits(registers.coils(*_span(data, MOST_BITS_READ)))


def _read_discrete(registers: Registers, data: bytes) -> bytes:
    return _pack_bits(registers.discrete(*_span(data, MOST_BITS_READ)))


def _read_holding(registers: Registers, data: bytes) -> bytes:
    return _pack_words(registers.holding_words(*_span(data, MOST_WORDS_READ)))


def _read_input(registers: Registers, data: bytes) -> bytes:
    return _pack_words(registers.input_words(*_span(data, MOST_WORDS_READ)))


def _write_coil(registers: Registers, data: bytes) -> bytes:
    address, value = _SPAN.unpack(data)
    if value not in {COIL_ON, COIL_OFF}:
        raise ValueRefusedError(value)
    registers.write_coils(address, [value == COIL_ON])
    return data


def _write_word(registers: Registers, data: bytes) -> bytes:
    address, value = _SPAN.unpack(data)
    registers.write_words(address, [value])
    return data


def _write_several(data: bytes, most: int, size_of: Callable[[int], int]) -> tuple[int, int, bytes]:
    """Answer address, count and the values' bytes, whose number has to be what the count says."""
    address, count = _span(data[: _SPAN.size], most)
    sizes, values = data[_SPAN.size : _SPAN.size + 1], data[_SPAN.size + 1 :]
    if sizes != bytes([size_of(count)]) or len(values) != size_of(count):
        raise ValueRefusedError(count)
    return address, count, values


def _write_coils(registers: Registers, data: bytes) -> bytes:
    address, count, values = _write_several(data, MOST_BITS_WRITTEN, lambda count: (count + 7) // 8)
    registers.write_coils(address, [bool(values[i // 8] >> i % 8 & 1) for i in range(count)])
    return data[: _SPAN.size]


def _write_words(registers: Registers, data: bytes) -> bytes:
    address, count, values = _write_several(data, MOST_WORDS_WRITTEN, lambda count: 2 * count)
    registers.write_words(address, struct.unpack(f">{count}H", values))
    return data[: _SPAN.size]


_HANDLERS: dict[int, Callable[[Registers, bytes], bytes]] = {
    1: _read_coils,
    2: _read_discrete,
    3: _read_holding,
    4: _read_input,
    5: _write_coil,
    6: _write_word,
    15: _write_coils,
    16: _write_words,
}
