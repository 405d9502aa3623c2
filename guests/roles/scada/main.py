# SPDX-License-Identifier: Apache-2.0
"""Starts the SCADA server as its seed says."""

from __future__ import annotations

import socket
import threading
import time

from guests.roles.scada.forward import Forwarder
from guests.roles.scada.page import page, values
from guests.roles.scada.poll import Target, poll
from guests.roles.scada.readings import Readings
from guests.roles.wire.endpoint import EndpointError, endpoint
from guests.roles.wire.fetch import AddressError
from guests.roles.wire.told import ready, say, told
from guests.roles.wire.web import Handle, Reply, Request, Server, document, plain

PORT = 8080
MODBUS = 502
PREFIX = "PLC_"


def targets(told_values: dict[str, str]) -> list[Target]:
    """Answer the controllers that PLC_name=address[:port] lines name, in their order."""
    found = []
    for key, text in told_values.items():
        if key.startswith(PREFIX) and len(key) > len(PREFIX):
            try:
                found.append(Target(key.removeprefix(PREFIX), *endpoint(text, MODBUS)))
            except EndpointError as error:
                say(f"scada: {key}: {error}")
    return found


def forwarder(told_values: dict[str, str]) -> Forwarder | None:
    """Answer the way to the historian, None when HISTORIAN names none."""
    url = told_values.get("HISTORIAN")
    try:
        return Forwarder(url) if url else None
    except AddressError as error:
        say(f"scada: HISTORIAN: {error}")
        return None


def pages(title: str, readings: Readings, historian: Forwarder | None) -> Handle:
    """Answer what serves /, /values.json and /health."""

    def handle(request: Request) -> Reply:
        now, current = time.monotonic(), readings.all()
        state = historian.state() if historian else None
        if request.path == "/":
            return Reply(200, page(title, current, state, now).encode(), "text/html; charset=utf-8")
        if request.path == "/values.json":
            return document(200, values(current, state, now))
        if request.path == "/health":
            silent = [name for name, reading in current.items() if not reading.fresh(now)]
            if current and not silent:
                return plain(200, "All controllers answer.")
            return plain(503, f"No recent answer from: {', '.join(silent) or 'any controller, for none is named'}.")
        return plain(404, "There are /, /values.json and /health.")

    return handle


def main() -> None:
    """Serve until the guest is stopped."""
    told_values = told()
    controllers = targets(told_values)
    historian = forwarder(told_values)
    readings = Readings({target.name: f"{target.host}:{target.port}" for target in controllers})

    def hand_on(name: str, reading: dict[str, int]) -> None:
        if historian:
            historian.put(name, reading)

    title = told_values.get("TITLE") or f"{socket.gethostname()}: plant values"
    server = Server(PORT, pages(title, readings, historian))
    for target in controllers:
        threading.Thread(target=poll, args=(target, readings, hand_on), daemon=True).start()
    if historian:
        threading.Thread(target=historian.run, daemon=True).start()
    ready(f"scada: polling {len(controllers)} controllers, page on port {PORT}")
    server.serve_forever()
