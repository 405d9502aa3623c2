# SPDX-License-Identifier: Apache-2.0
"""Everything that is said on a plant's network, by whom: a recorder on all ports of its switch."""

from __future__ import annotations

import selectors
import socket
import struct
import threading
from collections.abc import Callable
from dataclasses import dataclass
from types import TracebackType
from typing import Self

from examples.outside.lan import Lan

ETH_P_ALL = 3
SOL_PACKET, PACKET_AUXDATA = 263, 8
"""linux/if_packet.h. The kernel takes a frame's first tag off and hands it over beside the frame."""
VLAN_VALID = 1 << 4
_AUXDATA = struct.Struct("=IIIHHHH")
OUTGOING = socket.PACKET_OUTGOING
ARP, IPV4, IPV6, VLAN = 0x0806, 0x0800, 0x86DD, 0x8100
_ADDRESSES, _TAG = 12, 4


@dataclass(frozen=True)
class Frame:
    """One frame, as it entered the switch at ``port``."""

    port: str
    data: bytes

    @property
    def destination(self) -> str:
        """The hardware address that it goes to."""
        return self.data[:6].hex(":")

    @property
    def source(self) -> str:
        """The hardware address that it says it comes from."""
        return self.data[6:12].hex(":")

    @property
    def tagged(self) -> bool:
        """Whether it carries a VLAN or priority tag."""
        return self.data[12:14] == VLAN.to_bytes(2, "big")

    @property
    def kind(self) -> int:
        """The EtherType behind any tag."""
        place = _ADDRESSES + _TAG * self.tagged
        return int.from_bytes(self.data[place : place + 2], "big")

    @property
    def body(self) -> bytes:
        """What follows the EtherType."""
        return self.data[_ADDRESSES + 2 + _TAG * self.tagged :]


class Recorder:
    """Keeps every frame that enters the switch while the block lasts."""

    def __init__(self, lan: Lan) -> None:
        self._socket = lan.switch.inside(_listen)
        self._frames: list[Frame] = []
        self._stop_here, self._stop_there = socket.socketpair()
        self._thread = threading.Thread(target=self._run, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stop_there.close()
        self._thread.join()
        self._stop_here.close()
        self._socket.close()

    def frames(self, port: str | None = None, wanted: Callable[[Frame], bool] = lambda _: True) -> list[Frame]:
        """Return what came in so far, at one port where that is named."""
        return [one for one in list(self._frames) if port in {None, one.port} and wanted(one)]

    def _run(self) -> None:
        selector = selectors.DefaultSelector()
        selector.register(self._socket, selectors.EVENT_READ, "frame")
        selector.register(self._stop_here, selectors.EVENT_READ, "stop")
        while all(key.data == "frame" for key, _ in selector.select()):
            self._take()

    def _take(self) -> None:
        data, extra, _, where = self._socket.recvmsg(65536, 256)
        port, direction = where[0], where[2]
        if direction != OUTGOING and port not in {"lan", "lo"}:
            self._frames.append(Frame(port, with_tag(data, extra)))


def with_tag(data: bytes, extra: list[tuple[int, int, bytes]]) -> bytes:
    """Put the tag that the kernel took off back where it stood."""
    for level, kind, content in extra:
        if (level, kind) == (SOL_PACKET, PACKET_AUXDATA):
            status, *_, tag, protocol = _AUXDATA.unpack(content[: _AUXDATA.size])
            if status & VLAN_VALID:
                return data[:_ADDRESSES] + struct.pack(">HH", protocol or VLAN, tag) + data[_ADDRESSES:]
    return data


def _listen() -> socket.socket:
    made = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(ETH_P_ALL))
    made.setsockopt(SOL_PACKET, PACKET_AUXDATA, 1)
    return made
