# SPDX-License-Identifier: Apache-2.0
"""Asks a device for variables by MMS."""

from __future__ import annotations

from types import TracebackType
from typing import Self

from guests.roles.mms import association, transport
from guests.roles.mms.read import Value, question, result
from guests.roles.mms.server import PORT
from guests.roles.wire.dial import dial


class Client:
    """One association. Raises OSError, BerError; LookupError where the device has no such variable."""

    def __init__(self, host: str, port: int = PORT, timeout: float = 3.0) -> None:
        self._connection = dial(host, port, timeout)
        transport.connect(self._connection)
        transport.send(self._connection, association.request())
        transport.receive(self._connection)
        self._number = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._connection.close()

    def read(self, name: str) -> Value:
        """Answer a variable's value."""
        self._number += 1
        transport.send(self._connection, association.wrap(question(self._number, name)))
        return result(association.unwrap(transport.receive(self._connection)))
