# SPDX-License-Identifier: Apache-2.0
"""``http``: fetches a page."""

from __future__ import annotations

import sys
from http import HTTPStatus

from guests.roles.instruments.arguments import RefusedError, UsageError, run, seconds, split, towards, words_of
from guests.roles.wire.fetch import AddressError, fetch
from guests.roles.wire.fetch import split as split_url

USAGE = """Usage: http URL [--data TEXT] [--timeout SECONDS]
Prints the page; with --data the text is sent with POST. Result: 0 fetched, 1 refused or no answer, 2 wrong usage."""


def command(arguments: list[str]) -> None:
    """Do what the command line says. Raises UsageError, RefusedError."""
    words, options = split(arguments, {"data", "timeout"})
    (url,) = words_of(words, 1, "http takes one URL.")
    timeout = seconds(options.get("timeout", "5"), "--timeout")
    data = options["data"].encode() if "data" in options else None
    try:
        _, host, port = split_url(url)
    except AddressError as error:
        raise UsageError(str(error)) from None
    with towards(host, port):
        status, body = fetch(url, timeout, data)
    sys.stdout.write(body.decode(errors="replace"))
    sys.stdout.flush()
    if status >= HTTPStatus.BAD_REQUEST:
        raise RefusedError(f"{url} answered with status {status}.")


def main() -> None:
    """Run the command line."""
    run(command, USAGE)
