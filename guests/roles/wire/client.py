# SPDX-License-Identifier: Apache-2.0
"""A Modbus TCP client for one device: each question is sent once and waits for its own answer."""

from __future__ import annotations

import socket
import struct
from types import TracebackType
from typing import Self

from guests.roles.wire.dial import dial
from guests.roles.wire.frames import Frame, FrameError, encode, take

READ_COILS, READ_DISCRETE, READ_HOLDING, READ_INPUT = 1, 2, 3, 4
WRITE_COIL, WRITE_REGISTER = 5, 6
EXCEPTIONS = {
    1: "it does not know this function",
    2: "it has no such address, or the address may not be written",
    3: "it does not accept this value or count",
    4: "it failed while answering",
}
"""What the exception codes mean: MODBUS Application Protocol V1.1b3, clause 7."""


class DeviceError(Exception):
    """The device answered, with an exception or with something that is not an answer."""


class Client:
    """A connection to one device. ``timeout`` in seconds holds for connecting and for every question."""

    def __init__(self, host: str, port: int = 502, timeout: float = 3.0, unit: int = 1) -> None:
        self._socket = dial(host, port, timeout)
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._unit = unit
        self._transaction = 0
        self._buffer = bytearray()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """End the connection."""
        self._socket.close()

    def be_patient(self, timeout: float) -> None:
        """Wait ``timeout`` seconds for the answer to each question from now on."""
        self._socket.settimeout(timeout)

    def read_words(self, function: int, address: int, count: int = 1) -> tuple[int, ...]:
        """Answer ``count`` holding or input registers from ``address`` on. Raises OSError, DeviceError."""
        data = self._ask(struct.pack(">BHH", function, address, count))
        if len(data) != 2 + 2 * count or data[1] != 2 * count:
            raise DeviceError("The device's answer has not the length that was asked for.")
        return struct.unpack(f">{count}H", data[2:])

    def read_bits(self, function: int, address: int, count: int = 1) -> tuple[bool, ...]:
        """Answer ``count`` coils or discrete inputs from ``address`` on. Raises OSError, DeviceError."""
        data = self._ask(struct.pack(">BHH", function, address, count))
        if len(data) != 2 + (count + 7) // 8:
            raise DeviceError("The device's answer has not the length that was asked for.")
        return tuple(bool(data[2 + i // 8] >> i % 8 & 1) for i in range(count))

    def write_word(self, address: int, value: int) -> None:
        """Write one holding register. Raises OSError, DeviceError."""
        self._ask(struct.pack(">BHH", WRITE_REGISTER, address, value))

    def write_bit(self, address: int, value: bool) -> None:  # noqa: FBT001 - a coil's value is a boolean
        """Write one coil. Raises OSError, DeviceError."""
        self._ask(struct.pack(">BHH", WRITE_COIL, address, 0xFF00 if value else 0))

    def _ask(self, pdu: bytes) -> bytes:
        self._transaction = self._transaction % 0xFFFF + 1
        self._socket.sendall(encode(Frame(self._transaction, self._unit, pdu)))
        answer = self._await().pdu
        if answer[0] == pdu[0] | 0x80:
            code = answer[1] if len(answer) > 1 else 0
            raise DeviceError(f"The device refused: {EXCEPTIONS.get(code, f'exception {code}')}.")
        if answer[0] != pdu[0]:
            raise DeviceError("The device answered something else than it was asked.")
        return answer

    def _await(self) -> Frame:
        """Answer the frame of the last question; late answers to earlier ones are passed over."""
        try:
            while True:
                while (frame := take(self._buffer)) is None:
                    part = self._socket.recv(1024)
                    if not part:
                        raise ConnectionResetError("The device closed the connection.")
                    self._buffer += part
                if frame.transaction == self._transaction:
                    return frame
        except FrameError:
            raise DeviceError("The device does not speak Modbus TCP.") from None
