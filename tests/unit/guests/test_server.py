# SPDX-License-Identifier: Apache-2.0
"""The PLC's server on real sockets of this machine."""

from __future__ import annotations

import random
import socket

import pytest
from guests.roles.plc.server import MOST_PEERS
from guests.roles.wire.client import READ_DISCRETE, READ_HOLDING, READ_INPUT, Client, DeviceError


@pytest.mark.parametrize("host", ["127.0.0.1", "::1"])
def test_it_answers_on_both_families(plc_port: int, host: str) -> None:
    with Client(host, plc_port) as client:
        assert client.read_words(READ_HOLDING, 10, 2) == (800, 50)
        assert len(client.read_bits(READ_DISCRETE, 0, 4)) == 4


def test_a_written_register_is_there_for_the_next_peer(plc_port: int) -> None:
    with Client("127.0.0.1", plc_port) as client:
        client.write_word(20, 4711)
        client.write_bit(1, value=True)
    with Client("127.0.0.1", plc_port) as client:
        assert client.read_words(READ_HOLDING, 20) == (4711,)


def test_a_refusal_is_a_sentence(plc_port: int) -> None:
    with Client("127.0.0.1", plc_port) as client, pytest.raises(DeviceError, match="no such address"):
        client.read_words(READ_INPUT, 500)


def test_garbage_ends_the_connection_and_nothing_else(plc_port: int) -> None:
    chance = random.Random(502)  # noqa: S311 - the same garbage each time
    for length in (1, 7, 8, 300, 5000):
        with socket.create_connection(("127.0.0.1", plc_port), timeout=5) as peer:
            peer.sendall(b"\x00\x01\x00\x00\xff\xff" + chance.randbytes(length))
            try:
                assert peer.recv(100) == b""
            except ConnectionResetError:
                continue
    with Client("127.0.0.1", plc_port) as client:
        assert client.read_words(READ_HOLDING, 11) == (50,)


def test_bytes_may_come_one_by_one_and_many_at_once(plc_port: int) -> None:
    question = bytes.fromhex("000100000006010300000001")
    with socket.create_connection(("127.0.0.1", plc_port), timeout=5) as peer:
        for byte in question:
            peer.sendall(bytes([byte]))
        assert len(peer.recv(100)) == 11
        peer.sendall(question * 50)
        received = b""
        while len(received) < 50 * 11:
            received += peer.recv(4096)
        assert len(received) == 50 * 11


def test_a_peer_that_never_reads_does_not_stop_the_others(plc_port: int) -> None:
    question = bytes.fromhex("00010000000601030000001e")
    with socket.create_connection(("127.0.0.1", plc_port), timeout=1) as deaf:
        deaf.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1024)
        deaf.settimeout(0.2)
        try:
            for _ in range(200):
                deaf.sendall(question * 500)
        except OSError:
            pass
        with Client("127.0.0.1", plc_port) as client:
            assert client.read_words(READ_HOLDING, 11) == (50,)


def test_more_peers_than_places_push_out_the_most_silent(plc_port: int) -> None:
    peers = [socket.create_connection(("127.0.0.1", plc_port), timeout=5) for _ in range(MOST_PEERS + 5)]
    try:
        with Client("127.0.0.1", plc_port) as client:
            assert client.read_words(READ_HOLDING, 11) == (50,)
        assert peers[0].recv(10) == b""
    finally:
        for peer in peers:
            peer.close()
