# SPDX-License-Identifier: Apache-2.0
"""``host:port`` as people write it, IPv6 in brackets."""

from __future__ import annotations

MOST = 65535


class EndpointError(ValueError):
    """The text names no endpoint; the message is a full sentence."""


def endpoint(text: str, default_port: int) -> tuple[str, int]:
    """Answer host and port of ``10.1.0.10``, ``10.1.0.10:502``, ``fd91::10`` or ``[fd91::10]:502``."""
    if text.startswith("["):
        host, _, rest = text[1:].partition("]")
        port = rest.removeprefix(":")
    elif text.count(":") == 1:
        host, _, port = text.partition(":")
    else:
        host, port = text, ""
    if not host or not host.isascii() or (port and not _is_port(port)):
        raise EndpointError(f"{text[:60]!r} is not of the form ADDRESS:PORT or [ADDRESS]:PORT.")
    return host, int(port or default_port)


def _is_port(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) <= len(str(MOST)) and 0 < int(text) <= MOST
