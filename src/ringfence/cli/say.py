# SPDX-License-Identifier: Apache-2.0
"""Printing: results to standard output, everything else to standard error."""

from __future__ import annotations

import sys
from collections.abc import Iterable

from .settings import Settings
from .visible import visible


class ReaderLeft(Exception):
    """Whoever read standard output closed it. No OSError, because click takes that for its own."""


def write(text: str) -> None:
    """Write to standard output, at once. Raises ReaderLeft."""
    try:
        sys.stdout.write(text)
        sys.stdout.flush()
    except BrokenPipeError as error:
        raise ReaderLeft from error


def show(lines: Iterable[str]) -> None:
    """Print a result."""
    write("".join(f"{visible(line)}\n" for line in lines))


def show_json(message: object) -> None:
    """Print a message as JSON."""
    from ringfence.messages.encode import to_json

    write(f"{to_json(message)}\n")


def answer(settings: Settings, message: object, lines: Iterable[str]) -> None:
    """Print a message as JSON where it was asked for, else as text."""
    if settings.json:
        show_json(message)
    else:
        show(lines)


def tell(settings: Settings, text: str) -> None:
    """Say something by the way, on standard error; nothing with ``--quiet``."""
    if not settings.quiet:
        sys.stderr.write(f"{visible(text)}\n")
