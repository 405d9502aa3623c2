# SPDX-License-Identifier: Apache-2.0
"""``udpsend``: sends one datagram, and waits for an answer if told to."""

from __future__ import annotations

import socket

from guests.roles.instruments.arguments import number, run, seconds, split, towards, words_of

USAGE = """Usage: udpsend HOST PORT TEXT [--wait SECONDS]
Sends TEXT in one datagram; with --wait it prints the answer. Result: 0 sent (and answered), 1 not, 2 wrong usage."""


def send(host: str, port: int, text: str, wait: float | None) -> str:
    """Answer what came back, nothing when nobody waits for it. Raises OSError."""
    family, kind, protocol, _, address = socket.getaddrinfo(host.encode(), port, type=socket.SOCK_DGRAM)[0]
    with socket.socket(family, kind, protocol) as sender:
        sender.connect(address)
        sender.send(text.encode())
        if wait is None:
            return ""
        sender.settimeout(wait)
        return sender.recv(65535).decode(errors="replace")


def command(arguments: list[str]) -> None:
    """Do what the command line says. Raises UsageError, RefusedError."""
    words, options = split(arguments, {"wait"})
    host, place, text = words_of(words, 3, "udpsend takes a host, a port and a text.")
    port = number(place, "PORT", 65535)
    wait = seconds(options["wait"], "--wait") if "wait" in options else None
    with towards(host, port):
        answer = send(host, port, text, wait)
    if answer:
        print(answer)


def main() -> None:
    """Run the command line."""
    run(command, USAGE)
