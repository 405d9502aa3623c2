# SPDX-License-Identifier: Apache-2.0
"""``modbus``: reads and writes a controller's registers."""

from __future__ import annotations

from guests.roles.tools.arguments import UsageError, number, run, seconds, split, towards
from guests.roles.wire.client import READ_COILS, READ_DISCRETE, READ_HOLDING, READ_INPUT, Client

USAGE = """Usage: modbus read HOST REGISTER [COUNT] [--kind holding|input|coil|discrete] [--port N] [--timeout SECONDS]
       modbus write HOST REGISTER VALUE [--kind holding|coil] [--port N] [--timeout SECONDS]
Prints what was read, one line. Registers count from 0. Result: 0 done, 1 refused or no answer, 2 wrong usage."""
KINDS = {"holding": READ_HOLDING, "input": READ_INPUT, "coil": READ_COILS, "discrete": READ_DISCRETE}
WORDS = {READ_HOLDING, READ_INPUT}


def perform(client: Client, words: list[str], kind: str) -> str:
    """Do what the command's words say; answer the line to print. Raises OSError, DeviceError, UsageError."""
    action, _, place, *rest = words
    address, function = number(place, "REGISTER", 65535), KINDS[kind]
    if action == "read":
        count = number(rest[0], "COUNT", 125) if rest else 1
        values = (client.read_words if function in WORDS else client.read_bits)(function, address, count)
        return " ".join(str(int(value)) for value in values)
    value = number(rest[0], "VALUE", 65535 if kind == "holding" else 1)
    if kind == "holding":
        client.write_word(address, value)
    else:
        client.write_bit(address, bool(value))
    return f"{kind} {address} = {value}"


def check(words: list[str], kind: str) -> None:
    """Raise UsageError unless the words make a command."""
    lengths = {"read": (3, 4), "write": (4,)}.get(words[0] if words else "", ())
    kinds = KINDS if words and words[0] == "read" else ("holding", "coil")
    if len(words) not in lengths:
        raise UsageError("modbus does not understand this.")
    if kind not in kinds:
        raise UsageError(f"{kind!r} cannot be used with {words[0]}.")


def command(arguments: list[str]) -> None:
    """Do what the command line says. Raises UsageError, RefusedError."""
    words, options = split(arguments, {"kind", "port", "timeout"})
    kind = options.get("kind", "holding")
    check(words, kind)
    host, port = words[1], number(options.get("port", "502"), "--port", 65535)
    timeout = seconds(options.get("timeout", "3"), "--timeout")
    with towards(host, port), Client(host, port, timeout) as client:
        print(perform(client, words, kind))


def main() -> None:
    """Run the command line."""
    run(command, USAGE)
