# SPDX-License-Identifier: Apache-2.0
"""One HTTP request, its reply's status and body."""

from __future__ import annotations

from http.client import HTTPConnection, HTTPException
from urllib.parse import SplitResult, urlsplit

from guests.roles.wire.dial import dial

MOST_BODY = 4 * 1024 * 1024


class AddressError(ValueError):
    """The URL is none that can be fetched here; the message is a full sentence."""


def split(url: str) -> tuple[SplitResult, str, int]:
    """Answer the URL's parts, host and port. Raises AddressError."""
    try:
        parts = urlsplit(url)
        port = parts.port or 80
    except ValueError:
        raise AddressError(f"{url[:80]} is no address of a page.") from None
    if parts.scheme != "http" or not parts.hostname:
        raise AddressError(f"{url[:80]} is no address of the form http://HOST[:PORT]/PATH.")
    return parts, parts.hostname, port


def fetch(url: str, timeout: float, data: bytes | None = None) -> tuple[int, bytes]:
    """GET ``url``, or POST ``data`` to it. Raises AddressError, OSError."""
    parts, host, port = split(url)
    connection = HTTPConnection(host, port, timeout=timeout)
    connection.sock = dial(host, port, timeout)
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    try:
        connection.request("GET" if data is None else "POST", target, body=data, headers={"Connection": "close"})
        reply = connection.getresponse()
        return reply.status, reply.read(MOST_BODY)
    except HTTPException as error:
        raise ConnectionResetError(f"The answer is not HTTP: {type(error).__name__}") from error
    finally:
        connection.close()
