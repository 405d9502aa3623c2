# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest
from guests.roles.plc.registers import Registers
from guests.roles.plc.server import Server
from guests.roles.wire.dial import listen


@pytest.fixture(scope="module")
def plc_port() -> Iterator[int]:
    """Answer the port of a PLC that serves until the module's tests are over."""
    listener = listen(0)
    server = Server(Registers(), listener)
    stopping = threading.Event()

    def serve() -> None:
        while not stopping.is_set():
            server.turn()

    thread = threading.Thread(target=serve)
    thread.start()
    yield listener.getsockname()[1]
    stopping.set()
    thread.join()
    server.close()
