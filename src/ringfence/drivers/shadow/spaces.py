# SPDX-License-Identifier: Apache-2.0
"""Sockets in other network namespaces: a socket stays where it was made, whatever becomes of the process."""

from __future__ import annotations

import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager

from ringfence.drivers.fabric.tool import NAMESPACES
from ringfence.drivers.probes.privileges import enter_network_namespace

_SOL_PACKET, _IGNORE_OUTGOING = 263, 23
_ALL = 3
"""ETH_P_ALL (linux/if_ether.h); the others are of linux/if_packet.h."""


@contextmanager
def inside(space: str) -> Iterator[None]:
    """Be in a namespace, of a name or a path, while the context lasts; empty is the own one. Raises OSError."""
    home = os.open("/proc/self/ns/net", os.O_RDONLY)
    try:
        if space:
            enter_network_namespace(space if "/" in space else f"{NAMESPACES}/{space}")
        yield
    finally:
        enter_network_namespace(f"/proc/self/fd/{home}")
        os.close(home)


@contextmanager
def as_user(user: int) -> Iterator[None]:
    """Be another user while the context lasts: whoever asks for a socket is whose it stays (net/core/sock.c)."""
    os.seteuid(user)
    try:
        yield
    finally:
        os.seteuid(0)


def packet_socket(link: str, *, outgoing: bool = False) -> socket.socket:
    """Return a socket that takes and sends frames at a link (packet(7)); ``outgoing``: also hears what goes out there.

    Raises OSError.
    """
    sock = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, 0)
    sock.setsockopt(_SOL_PACKET, _IGNORE_OUTGOING, int(not outgoing))
    sock.bind((link, _ALL))
    return sock
