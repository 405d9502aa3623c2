# SPDX-License-Identifier: Apache-2.0
"""Connecting and listening on IPv4 and IPv6, and what went wrong as a sentence."""

from __future__ import annotations

import errno
import socket


def dial(host: str, port: int, timeout: float) -> socket.socket:
    """Answer a TCP connection whose every operation takes at most ``timeout`` seconds. Raises OSError.

    The name goes to the resolver as bytes: as text it would first load Python's tables of international names.
    """
    failure: OSError | None = None
    for family, kind, protocol, _, address in socket.getaddrinfo(host.encode(), port, type=socket.SOCK_STREAM):
        connection = socket.socket(family, kind, protocol)
        connection.settimeout(timeout)
        try:
            connection.connect(address)
        except OSError as error:
            connection.close()
            failure = error
        else:
            return connection
    raise failure or OSError(errno.EADDRNOTAVAIL, "no address")


def listen(port: int, backlog: int = 64) -> socket.socket:
    """Answer a socket that takes IPv4 and IPv6 connections on every address. Raises OSError."""
    server = socket.socket(socket.AF_INET6, socket.SOCK_STREAM)
    server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    server.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 0)
    server.bind(("::", port))
    server.listen(backlog)
    return server


def explain(error: OSError, host: str, port: int) -> str:
    """Answer a full sentence on why nothing came of talking to ``host`` on ``port``."""
    where = f"{host} port {port}"
    if isinstance(error, TimeoutError):
        return f"{where} did not answer in time: it is down, or no conduit leads there."
    if isinstance(error, ConnectionRefusedError):
        return f"{where} refused the connection: nothing listens there."
    if isinstance(error, ConnectionResetError):
        return f"{where} ended the connection."
    if isinstance(error, socket.gaierror):
        return f"{host} is not an address and no name that can be resolved."
    if error.errno in {errno.ENETUNREACH, errno.EHOSTUNREACH, errno.EACCES}:
        return f"{where} cannot be reached: the router knows no way there, or refuses it."
    return f"{where} could not be talked to: {error.strerror or error}."
