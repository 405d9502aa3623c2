# SPDX-License-Identifier: Apache-2.0
"""Serves variables by MMS on TCP port 102: a thread for each of a few peers."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable

from guests.roles.mms import association, transport
from guests.roles.mms.ber import BerError
from guests.roles.mms.read import Variables, answer

PORT = 102
MOST_PEERS = 16
IDLE_SECONDS = 60.0


class Server:
    """``variables`` is asked anew for each request."""

    def __init__(self, listener: socket.socket, model: str, variables: Callable[[], Variables]) -> None:
        self._listener = listener
        self._model = model
        self._variables = variables
        self._places = threading.Semaphore(MOST_PEERS)

    def run(self) -> None:
        """Serve until the listener is closed."""
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            if self._places.acquire(blocking=False):
                threading.Thread(target=self._serve, args=(connection,), daemon=True).start()
            else:
                connection.close()

    def _serve(self, connection: socket.socket) -> None:
        try:
            with connection:
                connection.settimeout(IDLE_SECONDS)
                transport.accept(connection)
                transport.receive(connection)
                transport.send(connection, association.response())
                while True:
                    asked = association.unwrap(transport.receive(connection))
                    transport.send(connection, association.wrap(answer(self._variables(), asked, self._model)))
        except (OSError, BerError, LookupError):
            return  # it said something else, or has gone
        finally:
            self._places.release()
