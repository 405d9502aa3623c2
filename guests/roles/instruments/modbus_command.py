# SPDX-License-Identifier: Apache-2.0
"""``modbus``: reads and writes a controller's registers."""

from __future__ import annotations

from dataclasses import dataclass

from guests.roles.instruments.arguments import UsageError, number, run, seconds, split, towards
from guests.roles.wire.client import READ_COILS, READ_DISCRETE, READ_HOLDING, READ_INPUT, Client

USAGE = """Usage: modbus read HOST REGISTER [COUNT] [--kind holding|input|coil|discrete] [--port N] [--timeout SECONDS]
       modbus write HOST REGISTER VALUE [--kind holding|coil] [--port N] [--timeout SECONDS]
Prints what was read, one line. Registers count from 0. Result: 0 done, 1 refused or no answer, 2 wrong usage."""
KINDS = {"holding": READ_HOLDING, "input": READ_INPUT, "coil": READ_COILS, "discrete": READ_DISCRETE}
WORDS = {READ_HOLDING, READ_INPUT}


@dataclass(frozen=True, slots=True)
class Order:
    """What the command line asks for: ``amount`` is a count to read or a value to write."""

    writes: bool
    kind: str
    address: int
    amount: int


def order(words: list[str], kind: str) -> Order:
    """Answer what the command's words ask for. Raises UsageError."""
    action = words[0] if words else ""
    lengths = {"read": (3, 4), "write": (4,)}.get(action, ())
    if len(words) not in lengths:
        raise UsageError("modbus does not understand this.")
    writes = action == "write"
    if kind not in (("holding", "coil") if writes else KINDS):
        raise UsageError(f"{kind!r} cannot be used with {action}.")
    address = number(words[2], "REGISTER", 65535)
    if not writes:
        return Order(writes, kind, address, number(words[3], "COUNT", 125) if words[3:] else 1)
    return Order(writes, kind, address, number(words[3], "VALUE", 65535 if kind == "holding" else 1))


def perform(client: Client, asked: Order) -> str:
    """Do what was asked; answer the line to print. Raises OSError, DeviceError."""
    function = KINDS[asked.kind]
    if not asked.writes:
        read = client.read_words if function in WORDS else client.read_bits
        return " ".join(str(int(value)) for value in read(function, asked.address, asked.amount))
    if asked.kind == "holding":
        client.write_word(asked.address, asked.amount)
    else:
        client.write_bit(asked.address, bool(asked.amount))
    return f"{asked.kind} {asked.address} = {asked.amount}"


def command(arguments: list[str]) -> None:
    """Do what the command line says. Raises UsageError, RefusedError."""
    words, options = split(arguments, {"kind", "port", "timeout"})
    asked = order(words, options.get("kind", "holding"))
    host, port = words[1], number(options.get("port", "502"), "--port", 65535)
    timeout = seconds(options.get("timeout", "3"), "--timeout")
    with towards(host, port), Client(host, port, timeout) as client:
        print(perform(client, asked))


def main() -> None:
    """Run the command line."""
    run(command, USAGE)
