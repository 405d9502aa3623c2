# SPDX-License-Identifier: Apache-2.0
"""Starts the station gateway as its seed says: reads relays by MMS each second, and answers for them by MMS."""

from __future__ import annotations

import threading
import time

from guests.roles.mms.ber import BerError
from guests.roles.mms.client import Client
from guests.roles.mms.read import Value, Variables
from guests.roles.mms.server import PORT, Server
from guests.roles.wire.dial import listen
from guests.roles.wire.endpoint import EndpointError, endpoint
from guests.roles.wire.told import ready, say, told

PREFIX = "IED_"
DOMAIN = "STATIONLD0"
INTERVAL = 1.0
ITEM = "XCBR1$ST$Pos$stVal"


class Gateway:
    """The newest position of every relay's breaker, while the relay answers."""

    def __init__(self) -> None:
        self._positions: dict[str, Value] = {}
        self._lock = threading.Lock()

    def variables(self) -> Variables:
        """Answer what the control centre may read: ``STATIONLD0/IED1$Pos`` for the relay IED1."""
        with self._lock:
            return {f"{DOMAIN}/{name}$Pos": value for name, value in self._positions.items()}

    def poll(self, name: str, host: str, port: int) -> None:
        """Read one relay for ever. What it said is forgotten while it does not answer."""
        while True:
            try:
                with Client(host, port) as client:
                    say(f"gateway: {name} answers at {host} port {port}")
                    while True:
                        value = client.read(f"{name}LD0/{ITEM}")
                        with self._lock:
                            self._positions[name] = value
                        time.sleep(INTERVAL)
            except (OSError, BerError, LookupError) as error:
                with self._lock:
                    if self._positions.pop(name, None) is not None:
                        say(f"gateway: {name} no longer answers: {error}")
            time.sleep(INTERVAL)


def main() -> None:
    """Serve until the guest is stopped."""
    gateway = Gateway()
    relays = {key.removeprefix(PREFIX): text for key, text in told().items() if key.startswith(PREFIX)}
    for name, text in relays.items():
        try:
            host, port = endpoint(text, PORT)
        except EndpointError as error:
            say(f"gateway: {PREFIX}{name}: {error}")
        else:
            threading.Thread(target=gateway.poll, args=(name, host, port), daemon=True).start()
    server = Server(listen(PORT), "Station gateway", gateway.variables)
    ready(f"gateway: reading {len(relays)} relays, MMS on port {PORT}")
    server.run()
