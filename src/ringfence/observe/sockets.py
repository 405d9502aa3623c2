# SPDX-License-Identifier: Apache-2.0
"""Tables of sockets in /proc/net (proc_pid_net(5)): who listens, and what a socket's inode is called."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address
from typing import Literal

from ringfence.facts.listener import Listener

_LISTEN = "0A"  # TCP_LISTEN (linux/net/tcp_states.h)
_UNBOUND = "07"  # TCP_CLOSE: a UDP socket without a peer
_COLUMNS = 10
_UNIX_COLUMNS = 7


@dataclass(frozen=True, slots=True)
class Socket:
    """A row of /proc/net/tcp or udp. ``near`` and ``far`` are address and port."""

    protocol: Literal["tcp", "udp"]
    near: tuple[IPv4Address | IPv6Address, int]
    far: tuple[IPv4Address | IPv6Address, int]
    listening: bool
    inode: int

    def __str__(self) -> str:
        ends = f"{self.near[0]} port {self.near[1]}"
        return f"{self.protocol} {ends}" + ("" if self.listening else f" to {self.far[0]} port {self.far[1]}")


def parse_sockets(text: bytes, protocol: Literal["tcp", "udp"]) -> tuple[Socket, ...]:
    """Read /proc/net/tcp, tcp6, udp or udp6. Raises ValueError for rows that are none."""
    rows = (line.split() for line in text.decode("ascii").split("\n")[1:])
    return tuple(_row(row, protocol) for row in rows if row)


def _row(row: list[str], protocol: Literal["tcp", "udp"]) -> Socket:
    if len(row) < _COLUMNS:
        raise ValueError("This is no table of sockets.")
    listening = row[3] == (_LISTEN if protocol == "tcp" else _UNBOUND)
    return Socket(protocol, _end(row[1]), _end(row[2]), listening, int(row[9]))


def _end(text: str) -> tuple[IPv4Address | IPv6Address, int]:
    """Read ``0100007F:88B5``: words of 32 bits in the host's byte order, and the port."""
    words, port = text.split(":")
    raw = bytes.fromhex(words)
    turned = b"".join(raw[place : place + 4][::-1] for place in range(0, len(raw), 4))
    return (IPv4Address(turned) if len(turned) == 4 else IPv6Address(turned)), int(port, 16)  # noqa: PLR2004 - bytes


def parse_unix(text: bytes) -> dict[int, str]:
    """Return ``unix:PATH`` by inode, from /proc/net/unix; sockets without a path are ``unix:``. Raises ValueError."""
    found: dict[int, str] = {}
    for line in text.decode("utf-8", "replace").split("\n")[1:]:
        columns = line.split(maxsplit=_UNIX_COLUMNS)
        if columns and len(columns) < _UNIX_COLUMNS:
            raise ValueError("This is no /proc/net/unix.")
        if columns:
            found[int(columns[6])] = f"unix:{columns[7] if len(columns) > _UNIX_COLUMNS else ''}"
    return found


def listeners(sockets: tuple[Socket, ...], holders: Mapping[int, str]) -> Iterator[Listener]:
    """Yield who listens. ``holders`` names processes by the inodes of their sockets."""
    for one in sockets:
        if one.listening and one.near[1]:
            yield Listener(one.protocol, one.near[0], one.near[1], holders.get(one.inode, ""))
