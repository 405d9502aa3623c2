# SPDX-License-Identifier: Apache-2.0
"""A command's words and options. Smaller and faster to load than argparse, which matters in a small guest."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from guests.roles.wire.client import DeviceError
from guests.roles.wire.dial import explain

REFUSED, MISUSED = 1, 2
LONGEST = 86400
"""Seconds in a day: no command waits longer."""


class UsageError(ValueError):
    """The command was called in a way it does not know."""


class RefusedError(Exception):
    """The network or the other side did not let it happen; the message is a full sentence."""


def words_of(words: list[str], count: int, sentence: str) -> list[str]:
    """Answer the words when there are ``count`` of them. Raises UsageError with the sentence."""
    if len(words) != count:
        raise UsageError(sentence)
    return words


def split(arguments: list[str], known: set[str]) -> tuple[list[str], dict[str, str]]:
    """Answer the plain words, and the values of ``--name value`` for the ``known`` names. Raises UsageError."""
    words: list[str] = []
    options: dict[str, str] = {}
    rest = iter(arguments)
    for argument in rest:
        if not argument.startswith("--"):
            words.append(argument)
            continue
        name, sign, value = argument[2:].partition("=")
        if name not in known:
            raise UsageError(f"There is no option --{name}.")
        options[name] = value if sign else next(rest, "")
    return words, options


def number(text: str, what: str, most: int) -> int:
    """Answer a whole number from 0 to ``most``. Raises UsageError."""
    if not (text.isascii() and text.isdigit() and len(text) <= len(str(most)) and int(text) <= most):
        raise UsageError(f"{what} is a whole number from 0 to {most}, not {text[:40]!r}.")
    return int(text)


def seconds(text: str, what: str) -> float:
    """Answer a time in seconds. Raises UsageError."""
    try:
        value = float(text)
    except ValueError:
        value = -1.0
    if not 0 < value <= LONGEST:
        raise UsageError(f"{what} is a time in seconds, not {text[:40]!r}.")
    return value


def run(work: Callable[[list[str]], None], usage: str) -> None:
    """Run a command on its arguments and end with its result: 0, 1 refused by the network or a device, 2 misused."""
    try:
        work(sys.argv[1:])
    except UsageError as error:
        print(f"{error}\n{usage}", file=sys.stderr)
        raise SystemExit(MISUSED) from None
    except RefusedError as error:
        print(error, file=sys.stderr)
        raise SystemExit(REFUSED) from None


@contextmanager
def towards(host: str, port: int) -> Iterator[None]:
    """Turn what goes wrong while talking to ``host`` into a RefusedError."""
    try:
        yield
    except DeviceError as error:
        raise RefusedError(str(error)) from error
    except OSError as error:
        raise RefusedError(explain(error, host, port)) from error
