# SPDX-License-Identifier: Apache-2.0
"""ISO transport class 0 over TCP (RFC 1006, ISO 8073): packets, and the handshake that begins a connection."""

from __future__ import annotations

import socket
import struct

VERSION = 3
HEADER = struct.Struct(">BBH")
MOST = 65535
CONNECTION_REQUEST, CONNECTION_CONFIRM, DATA = 0xE0, 0xD0, 0xF0
END = 0x80
"""This data packet is the last of its message."""
_SIZE_8192 = bytes.fromhex("c0010d")
_CALLED, _CALLING = 0xC2, 0xC1
_SELECTORS = bytes.fromhex("c1020001 c2020001")
MOST_MESSAGE = 65536
FIXED = 7
"""Bytes of a connection request before its parameters, and of"""
SHORTEST = 2
"""the header of data, after its length."""


class TransportError(ConnectionError):
    """The far side does not speak ISO transport, or ended the connection."""


def connect(connection: socket.socket) -> None:
    """Begin, as the side that dialled. Raises OSError, TransportError."""
    _send(connection, bytes([CONNECTION_REQUEST]) + b"\0\0\0\1\0" + _SIZE_8192 + _SELECTORS)
    if _packet(connection)[1] & 0xF0 != CONNECTION_CONFIRM:
        raise TransportError("The connection was not confirmed.")


def accept(connection: socket.socket) -> None:
    """Begin, as the side that was dialled. Raises OSError, TransportError."""
    packet = _packet(connection)
    if packet[1] & 0xF0 != CONNECTION_REQUEST or len(packet) < FIXED:
        raise TransportError("A connection request was expected.")
    # The far side's reference and its parameters come back as they are.
    _send(connection, bytes([CONNECTION_CONFIRM]) + packet[4:6] + b"\0\1\0" + packet[FIXED : packet[0] + 1])


def send(connection: socket.socket, message: bytes) -> None:
    """Send one message. Raises OSError."""
    _send(connection, bytes([DATA, END]), message)


def receive(connection: socket.socket) -> bytes:
    """Answer one message. Raises OSError, TransportError."""
    message = b""
    while len(message) < MOST_MESSAGE:
        packet = _packet(connection)
        if packet[1] & 0xF0 != DATA:
            raise TransportError("Data was expected.")
        message += packet[packet[0] + 1 :]
        if packet[2] & END:
            return message
    raise TransportError("The message is too long.")


def _send(connection: socket.socket, header: bytes, data: bytes = b"") -> None:
    packet = bytes([len(header)]) + header + data
    connection.sendall(HEADER.pack(VERSION, 0, HEADER.size + len(packet)) + packet)


def _packet(connection: socket.socket) -> bytes:
    version, _, size = HEADER.unpack(_exactly(connection, HEADER.size))
    if version != VERSION or size < HEADER.size + 3:
        raise TransportError("This is no packet of RFC 1006.")
    packet = _exactly(connection, size - HEADER.size)
    if not SHORTEST <= packet[0] < len(packet):
        raise TransportError("The packet's header is longer than the packet.")
    return packet


def _exactly(connection: socket.socket, size: int) -> bytes:
    found = b""
    while len(found) < size:
        part = connection.recv(size - len(found))
        if not part:
            raise TransportError("The connection was ended.")
        found += part
    return found
