# SPDX-License-Identifier: Apache-2.0
"""A network card that speaks GOOSE: sends priority-tagged frames to one group, hears those to another."""

from __future__ import annotations

import socket
import struct

from guests.roles.goose.message import ETHERTYPE, Message, decode, frame
from guests.roles.mms.ber import BerError

SOL_PACKET, ADD_MEMBERSHIP, PROMISCUOUS = 263, 1, 1
"""linux/if_packet.h: PACKET_ADD_MEMBERSHIP with PACKET_MR_PROMISC. QEMU's virtio card keeps priority-tagged frames from
a guest whose kernel has no VLANs, unless it takes every frame."""
_REQUEST = struct.Struct("iHH8s")


class Port:
    """Needs root. ``group`` is the multicast address of the bay to hear."""

    def __init__(self, card: str, group: str) -> None:
        self._socket = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(ETHERTYPE))
        self._socket.bind((card, ETHERTYPE))
        self._group = group
        wanted = _REQUEST.pack(socket.if_nametoindex(card), PROMISCUOUS, 0, b"")
        self._socket.setsockopt(SOL_PACKET, ADD_MEMBERSHIP, wanted)
        self.mac = self._socket.getsockname()[4].hex(":")

    def send(self, message: Message, group: str) -> None:
        """Say something to a group. Raises OSError."""
        self._socket.send(frame(message, self.mac, group))

    def hear(self, seconds: float) -> Message | None:
        """Answer the next message of the group, None when nothing comes in time. Raises OSError."""
        self._socket.settimeout(max(seconds, 0.001))
        try:
            # A priority tag is gone by now: the kernel takes it off before it looks for who wants the frame.
            data = self._socket.recv(2048)
        except TimeoutError:
            return None
        try:
            return decode(data[14:]) if data[:6].hex(":") == self._group else None
        except (BerError, LookupError):
            return None  # somebody sends what is no GOOSE

    def close(self) -> None:
        """Stop hearing."""
        self._socket.close()
