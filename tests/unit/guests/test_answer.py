# SPDX-License-Identifier: Apache-2.0
"""Requests and responses as bytes, after the MODBUS Application Protocol V1.1b3."""

from __future__ import annotations

import pytest
from guests.roles.plc.answer import answer
from guests.roles.plc.registers import HOLDING, Registers
from guests.roles.plc.tank import Orders
from hypothesis import given
from hypothesis import strategies as st


def ask(request: str, registers: Registers | None = None) -> str:
    return answer(registers or Registers(), bytes.fromhex(request)).hex()


@pytest.mark.parametrize(
    ("request_", "response"),
    [
        ("0100000002", "010101"),  # coils: automatic on, pump off
        ("0200000004", "020108"),  # discrete inputs: automatic
        ("03000a0002", "030403200032"),  # set-point 800, band 50
        ("0400000001", "0402012c"),  # level 300
        ("050001ff00", "050001ff00"),
        ("06000a02bc", "06000a02bc"),
        ("0f000000020102", "0f00000002"),
        ("10000a00020402bc0014", "10000a0002"),
    ],
)
def test_every_function_answers(request_: str, response: str) -> None:
    assert ask(request_) == response


@pytest.mark.parametrize(
    "request_",
    [
        "0100000003",
        "0200040001",
        f"0300{HOLDING:02x}0001",
        "040000000b",
        "050002ff00",
        "0600000001",
        "0f000100020103",
        "10000900020400010001",
        "03ffff0001",
    ],
)
def test_an_address_that_is_not_there_is_exception_2(request_: str) -> None:
    assert ask(request_) == f"{int(request_[:2], 16) | 0x80:02x}02"


@pytest.mark.parametrize(
    "request_",
    [
        "01",
        "0100",
        "010000000100",
        "0100000000",
        "01000007d1",
        "030000007e",
        "0300000000",
        "0500010001",
        "06000a03e9",
        "06000b0000",
        "0f00000000",
        "0f000000010201",
        "0f00000001",
        "10000a0001030001",
        "10000a0001020001ff",
        "10000a007c",
    ],
)
def test_a_wrong_value_count_or_length_is_exception_3(request_: str) -> None:
    assert ask(request_) == f"{int(request_[:2], 16) | 0x80:02x}03"


@pytest.mark.parametrize("function", [0, 7, 8, 17, 20, 22, 23, 43, 0x5A, 0x80, 0xFF])
def test_an_unknown_function_is_exception_1(function: int) -> None:
    assert answer(Registers(), bytes([function, 0, 0])) == bytes([function | 0x80, 1])


def test_several_registers_are_written_all_or_none() -> None:
    registers = Registers()
    assert ask("10000a00020402bc07d0", registers) == "9003"
    assert registers.orders == Orders()


def test_what_was_written_is_read_back() -> None:
    registers = Registers()
    ask("06000a02bc", registers)
    ask("100014000204abcd1234", registers)
    ask("0f000000020102", registers)
    assert ask("03000a0001", registers) == "030202bc"
    assert ask("0300140003", registers) == "0306abcd12340000"
    assert ask("0100000002", registers) == "010102"


@given(st.binary(min_size=1, max_size=253))
def test_every_request_has_a_response_that_fits(request_: bytes) -> None:
    response = answer(Registers(), request_)
    assert response[0] & 0x7F == request_[0] & 0x7F
    assert 2 <= len(response) <= 253
