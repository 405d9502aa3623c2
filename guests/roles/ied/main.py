# SPDX-License-Identifier: Apache-2.0
"""Starts the protection relay as its seed says: GOOSE on one card, MMS on every address."""

from __future__ import annotations

import re
import threading
import time

from guests.roles.goose.port import Port
from guests.roles.ied.bay import Bay
from guests.roles.mms.read import Variables
from guests.roles.mms.server import PORT, Server
from guests.roles.wire.dial import listen
from guests.roles.wire.told import ready, say, told

_GROUP = re.compile(r"01:0c:cd:01(:[0-9a-f]{2}){2}")
"""Multicast addresses of GOOSE: IEC 61850-8-1 annex B."""
_NAME = re.compile(r"[A-Z][A-Z0-9]{0,14}")


def group(values: dict[str, str], key: str, fallback: str) -> str:
    """Answer a GOOSE group that the seed names; ``fallback`` and a line in the log when it names none."""
    text = values.get(key, fallback).lower()
    if _GROUP.fullmatch(text):
        return text
    say(f"ied: {key}={text[:40]} is no group of GOOSE (01:0c:cd:01:xx:xx); {fallback} is taken.")
    return fallback


def protect(bay: Bay, port: Port, publish: str) -> None:
    """Speak and listen for ever."""
    position = bay.position
    while True:
        message = bay.tick(time.monotonic())
        if message:
            port.send(message, publish)
        heard = port.hear(min(bay.due - time.monotonic(), 0.1))
        if heard:
            bay.heard(heard, time.monotonic())
        if bay.position != position:
            position = bay.position
            say(f"ied: the breaker is {position}")


def main() -> None:
    """Protect until the guest is stopped."""
    values = told()
    name = values.get("IED", "IED1") if _NAME.fullmatch(values.get("IED", "IED1")) else "IED1"
    publish, hear = group(values, "PUBLISH", "01:0c:cd:01:00:01"), group(values, "HEAR", "01:0c:cd:01:00:02")
    bay = Bay(f"{name}LD0/LLN0$GO$gcb1")

    def variables() -> Variables:
        return {f"{name}LD0/XCBR1$ST$Pos$stVal": bay.position, f"{name}LD0/PTRC1$ST$Tr$general": not bay.closed}

    port = Port(values.get("GOOSE", "eth0"), hear)
    threading.Thread(target=Server(listen(PORT), name, variables).run, daemon=True).start()
    ready(f"ied: {name} publishes to {publish}, hears {hear}, MMS on port {PORT}")
    protect(bay, port, publish)
