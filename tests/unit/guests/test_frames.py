# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import pytest
from guests.roles.wire.frames import MAX_PDU, Frame, FrameError, encode, take
from hypothesis import given
from hypothesis import strategies as st

FRAMES = st.builds(
    Frame,
    transaction=st.integers(0, 0xFFFF),
    unit=st.integers(0, 0xFF),
    pdu=st.binary(min_size=1, max_size=MAX_PDU),
)


def test_a_frame_is_what_the_guide_shows() -> None:
    assert encode(Frame(0x1501, 0xFF, bytes.fromhex("0400010001"))) == bytes.fromhex("150100000006ff0400010001")


@given(st.lists(FRAMES, max_size=5), st.binary(max_size=6))
def test_frames_come_out_as_they_went_in_whatever_follows(frames: list[Frame], rest: bytes) -> None:
    buffer = bytearray(b"".join(map(encode, frames)) + rest)
    assert [take(buffer) for _ in frames] == frames
    assert bytes(buffer) == rest


@given(FRAMES)
def test_a_frame_is_not_taken_before_its_last_byte(frame: Frame) -> None:
    whole = encode(frame)
    buffer = bytearray(whole[:-1])
    assert take(buffer) is None
    buffer += whole[-1:]
    assert take(buffer) == frame


@pytest.mark.parametrize("header", ["0001000100020101", "0001000000010101", "0001000000ff0101", "0001000000000101"])
def test_what_is_not_modbus_is_refused(header: str) -> None:
    with pytest.raises(FrameError):
        take(bytearray.fromhex(header))
