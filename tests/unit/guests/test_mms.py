# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import suppress

import pytest
from guests.roles.mms import association, read, transport
from guests.roles.mms.ber import BerError, first, inner, integer, items, tlv
from guests.roles.mms.client import Client
from guests.roles.mms.read import OFF, ON, Value, decoded, encoded
from guests.roles.mms.server import Server
from guests.roles.wire.dial import listen
from hypothesis import given
from hypothesis import strategies as st

POSITION = "IED1LD0/XCBR1$ST$Pos$stVal"
VARIABLES: dict[str, Value] = {POSITION: ON, "IED1LD0/PTRC1$ST$Tr$general": True, "IED1LD0/MMXU1$MX$A": 300}
# What libiec61850 1.5's client sends for IedConnection_connect and readObject(IED1LD0/XCBR1.Pos.stVal).
LIBIEC61850 = tuple(
    bytes.fromhex(line)
    for line in (
        "0300001611e00000000100c0010dc2020001c1020001",
        (
            "030000bb02f0800db20506130100160102140200023302000134020001c19c318199a003800101a28191810400000001820400000001"
            "a423300f0201010604520100013004060251013010020103060528ca220201300406025101615e305c020101a0576055a107060528ca"
            "220203a20706052901876701a30302010ca606060429018767a70302010cbe2f282d020103a028a826800300fde88101058201058301"
            "0aa416800101810305f100820c03ee1c00000408000079ef18"
        ),
        (
            "0300004202f0800100010061353033020103a02ea02c020101a427a125a0233021a01fa11d1a07494544314c44301a12584342523124"
            "535424506f7324737456616c"
        ),
    )
)


@pytest.fixture
def port() -> Iterator[int]:
    listener = listen(0)
    thread = threading.Thread(target=Server(listener, "IED1", lambda: VARIABLES).run)
    thread.start()
    yield listener.getsockname()[1]
    listener.shutdown(socket.SHUT_RDWR)
    listener.close()
    thread.join()


def answer_to(sent: bytes, connection: socket.socket) -> bytes:
    connection.sendall(sent)
    return connection.recv(4096)


def test_libiec61850_is_answered(port: int) -> None:
    with socket.create_connection(("127.0.0.1", port), timeout=10) as connection:
        assert answer_to(LIBIEC61850[0], connection)[5] == transport.CONNECTION_CONFIRM
        assert answer_to(LIBIEC61850[1], connection)[7] == association.ACCEPT
        assert answer_to(LIBIEC61850[2], connection).endswith(bytes.fromhex("a10484020680"))  # a position: on


def test_the_client_reads_what_the_server_has(port: int) -> None:
    with Client("127.0.0.1", port, timeout=10) as client:
        assert {name: client.read(name) for name in VARIABLES} == VARIABLES
        with pytest.raises(LookupError):
            client.read("IED1LD0/NOTHING$ST$Here")
        assert client.read(POSITION) == ON


@pytest.mark.parametrize(
    "hostile", [b"", b"GET / HTTP/1.1\r\n\r\n", b"\x03\0\0\x04", LIBIEC61850[0] + b"\x03\0\0\x07\x02\xf0"]
)
def test_whoever_speaks_otherwise_disturbs_nobody(port: int, hostile: bytes) -> None:
    with socket.create_connection(("127.0.0.1", port), timeout=10) as other:
        other.sendall(hostile)
        with suppress(OSError):  # it may hang up at once
            other.shutdown(socket.SHUT_WR)
            while other.recv(4096):
                pass
    with Client("127.0.0.1", port, timeout=10) as client:
        assert client.read(POSITION) == ON


def test_services_that_are_not_there_are_refused() -> None:
    write = tlv(read.REQUEST, integer(read.INVOKE, 7), tlv(0xA5, b""))
    tag, content, _ = first(read.answer(VARIABLES, write, "IED1"))
    assert (tag, next(items(content))) == (read.ERROR, (0x80, b"\x07"))
    assert read.answer(VARIABLES, b"\x8b\0", "IED1") == b"\x8c\0"
    assert b"IED1" in read.answer(VARIABLES, tlv(read.REQUEST, integer(read.INVOKE, 1), b"\x82\0"), "IED1")


@given(st.one_of(st.booleans(), st.integers(0, 2**31), st.sampled_from([ON, OFF])))
def test_every_value_comes_back(value: bool | int | str) -> None:
    tag, content, rest = first(encoded(value))
    assert (decoded(tag, content), rest) == (value, b"")


@given(st.binary(max_size=400))
def test_any_length_comes_back(content: bytes) -> None:
    assert inner(tlv(0x61, tlv(0x30, content)), 0x61, 0x30) == content


@given(st.binary(max_size=60))
def test_no_bytes_make_it_fail(data: bytes) -> None:
    for parse in (association.unwrap, read.result, lambda data: read.answer(VARIABLES, data, "IED1")):
        with suppress(BerError, LookupError):
            parse(data)
