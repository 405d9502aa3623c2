# SPDX-License-Identifier: Apache-2.0
"""``tcphold``: holds one connection to a controller and says each second whether it still carries a question."""

from __future__ import annotations

import time

from guests.roles.instruments.arguments import RefusedError, number, run, seconds, split, towards, words_of
from guests.roles.wire.client import READ_HOLDING, Client, DeviceError

USAGE = """Usage: tcphold HOST PORT SECONDS [--timeout SECONDS]
Opens one connection, reads holding register 0 each second over it and prints a line "t=SECONDS ok" or
"t=SECONDS blocked". Result: 0 every question was answered, 1 one was not or no connection came, 2 wrong usage."""
PATIENCE = 0.9
"""Seconds an answer may take: less than the second between two questions."""


def answered(client: Client) -> bool:
    """Ask once over the connection that is held. A refusal by the device itself is an answer."""
    try:
        client.read_words(READ_HOLDING, 0)
    except DeviceError:
        return True
    except OSError:
        return False
    return True


def hold(client: Client, duration: float) -> bool:
    """Ask each second for ``duration`` seconds; answer whether every question was answered."""
    start = time.monotonic()
    client.be_patient(PATIENCE)
    whole = True
    turn = 0
    while turn < duration:
        time.sleep(max(0.0, start + turn - time.monotonic()))
        passed = answered(client)
        whole = whole and passed
        print(f"t={time.monotonic() - start:.1f} {'ok' if passed else 'blocked'}", flush=True)
        turn += 1
    return whole


def command(arguments: list[str]) -> None:
    """Do what the command line says. Raises UsageError, RefusedError."""
    words, options = split(arguments, {"timeout"})
    host, place, lasting = words_of(words, 3, "tcphold takes a host, a port and a time in seconds.")
    port, duration = number(place, "PORT", 65535), seconds(lasting, "SECONDS")
    timeout = seconds(options.get("timeout", "3"), "--timeout")
    with towards(host, port), Client(host, port, timeout) as client:
        if not hold(client, duration):
            raise RefusedError("Not every question was answered over the connection that was held.")


def main() -> None:
    """Run the command line."""
    run(command, USAGE)
