# SPDX-License-Identifier: Apache-2.0
"""The filter is run by the kernel: a pair of sockets takes what it lets pass, and nothing else."""

from __future__ import annotations

import socket

import pytest

from ringfence.drivers.shadow.sieve import attach, of_frames
from ringfence.proof.trial.frame import ether, ip, packet, transport

OWN, OTHER, SPARE, LENT = "52:54:00:00:00:01", "52:54:00:00:00:02", "10.1.1.254", "10.1.1.253"
SPARE6 = "fd00::fffe"


def frame(mac: str, source: str, target: str) -> bytes:
    kind = 0x86DD if ":" in source else 0x0800
    return ether(mac, "02:00:00:00:00:09", kind, packet(ip(source), ip(target), 17, transport(17, (1, 9), b"x")))


@pytest.fixture
def pair() -> tuple[socket.socket, socket.socket]:
    near, far = socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM)
    attach(far, of_frames([SPARE, LENT, SPARE6], [OWN]))
    far.setblocking(False)
    return near, far


@pytest.mark.parametrize(
    ("data", "passes"),
    [
        (frame(OTHER, SPARE, "10.1.1.1"), True),
        (frame(OTHER, LENT, "10.1.1.1"), True),
        (frame(OTHER, SPARE6, "fd00::1"), True),
        (frame(OWN, "10.9.9.9", "10.1.1.1"), True),
        (ether(OWN, OTHER, 0x88B5, b"x"), True),
        (frame(OTHER, "10.1.1.1", SPARE), False),
        (frame(OTHER, "fd00::1", SPARE6), False),
        (ether(OTHER, OWN, 0x88B5, b"x"), False),
        (b"short", False),
    ],
)
def test_only_what_a_canary_said_passes(pair: tuple[socket.socket, socket.socket], data: bytes, passes: bool) -> None:
    near, far = pair
    with near, far:
        near.send(data)
        if passes:
            assert far.recv(4096) == data
        else:
            with pytest.raises(BlockingIOError):
                far.recv(4096)
