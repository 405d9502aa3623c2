# SPDX-License-Identifier: Apache-2.0
"""The frame that a trace injects is whole: lengths and checksums are as a receiver computes them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.integration.fabric.agent import checksum

from ringfence.drivers.fabric.frame import MARK_BYTES, Ends, frame

MACS = "52:54:00:00:00:01", "02:00:00:00:00:02"
FOUR = Ends("10.0.1.11", "10.0.2.11", *MACS)
SIX = Ends("fd00::1", "fd00::2", *MACS)


@given(st.integers(1, 65535), st.sampled_from(("tcp", "udp")), st.sampled_from((FOUR, SIX)))
def test_ports_and_checksums(port: int, protocol: str, ends: Ends) -> None:
    data, mark = frame(ends, protocol, port)
    assert data[:12].hex() == "020000000002525400000001"
    body = transport(data)
    assert body[:MARK_BYTES] == mark
    assert int.from_bytes(body[2:4]) == port
    assert summed(data, {"tcp": 6, "udp": 17}[protocol]) == 0


@pytest.mark.parametrize(("ends", "protocol", "number"), [(FOUR, "icmp", 1), (SIX, "icmpv6", 58)])
def test_echo_requests(ends: Ends, protocol: str, number: int) -> None:
    data, mark = frame(ends, protocol, 0)
    body = transport(data)
    assert body[:MARK_BYTES] == mark
    assert body[0] == {1: 8, 58: 128}[number]
    assert (checksum(body) if number == 1 else summed(data, number)) == 0


def test_no_two_are_equal() -> None:
    assert len({frame(FOUR, "tcp", 502)[1] for _ in range(50)}) == 50


@pytest.mark.parametrize(
    ("ends", "protocol"), [(FOUR, "sctp"), (Ends("10.0.1.11", "fd00::2", *MACS), "tcp")], ids=["protocol", "versions"]
)
def test_what_has_no_first_packet(ends: Ends, protocol: str) -> None:
    with pytest.raises(ValueError, match="no first packet"):
        frame(ends, protocol, 1)


def transport(data: bytes) -> bytes:
    if data[12:14] == b"\x08\x00":
        assert checksum(data[14:34]) == 0
        assert int.from_bytes(data[16:18]) == len(data) - 14
        return data[34:]
    assert int.from_bytes(data[18:20]) == len(data) - 54
    return data[54:]


def summed(data: bytes, number: int) -> int:
    body = transport(data)
    if data[12:14] == b"\x08\x00":
        return checksum(data[26:34] + bytes((0, number)) + len(body).to_bytes(2) + body)
    return checksum(data[22:54] + len(body).to_bytes(4) + bytes((0, 0, 0, number)) + body)
