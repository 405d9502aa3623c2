# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

from contextlib import suppress
from itertools import pairwise

import pytest
from guests.roles.goose.message import ETHERTYPE, Message, decode, encode, frame
from guests.roles.ied.bay import FIRST_S, LONGEST_S, RECLOSE_S, Bay
from guests.roles.ied.main import group
from guests.roles.mms.ber import BerError
from guests.roles.mms.read import OFF, ON
from hypothesis import given
from hypothesis import strategies as st

TRIP = Message("IED2LD0/LLN0$GO$gcb1", 3, 0, (ON, True))
QUIET = Message("IED2LD0/LLN0$GO$gcb1", 4, 0, (ON, False))


def test_a_frame_is_priority_tagged() -> None:
    data = frame(TRIP, "02:00:00:00:00:01", "01:0c:cd:01:00:02")
    assert data[:6].hex(":") == "01:0c:cd:01:00:02"
    assert data[12:16] == bytes.fromhex("81008000")  # priority 4, VLAN 0
    assert int.from_bytes(data[16:18], "big") == ETHERTYPE
    assert int.from_bytes(data[20:22], "big") == len(data) - 18  # GOOSE's own length


@given(st.integers(0, 2**31), st.integers(0, 2**31), st.booleans(), st.sampled_from([ON, OFF]))
def test_every_message_comes_back(state: int, sequence: int, trip: bool, position: str) -> None:
    message = Message("IED1LD0/LLN0$GO$gcb1", state, sequence, (position, trip))
    assert decode(encode(message) + b"\0" * 9) == message  # short frames are padded


@given(st.binary(max_size=60))
def test_no_bytes_make_it_fail(data: bytes) -> None:
    with suppress(BerError, LookupError):
        decode(data)


def said(bay: Bay, *times: float) -> list[Message]:
    return [message for now in times if (message := bay.tick(now))]


def test_a_trip_opens_the_breaker_at_once_and_says_so() -> None:
    bay = Bay("IED1LD0/LLN0$GO$gcb1")
    assert said(bay, 0.0)[0].values == (ON, False)
    bay.heard(TRIP, 0.001)
    message = said(bay, 0.001)[0]
    assert (message.values, message.state, message.sequence) == ((OFF, False), 2, 0)


def test_a_change_is_repeated_soon_and_then_ever_more_slowly() -> None:
    bay = Bay("IED1LD0/LLN0$GO$gcb1")
    moments = [step / 1000 for step in range(4000)]
    at = [now for now in moments if bay.tick(now)]
    gaps = [later - sooner for sooner, later in pairwise(at)]
    assert gaps[0] == pytest.approx(FIRST_S, abs=0.002)
    assert gaps[-1] == pytest.approx(LONGEST_S, abs=0.002)
    assert gaps == sorted(gaps)


def test_the_breaker_closes_some_time_after_the_last_trip() -> None:
    bay = Bay("IED1LD0/LLN0$GO$gcb1")
    bay.heard(TRIP, 0.0)
    bay.heard(TRIP, 1.0)
    bay.heard(QUIET, 2.0)
    said(bay, RECLOSE_S + 0.9)
    assert bay.position == OFF
    assert said(bay, RECLOSE_S + 1.0)[0].values == (ON, False)


def test_only_groups_of_goose_are_taken(capsys: pytest.CaptureFixture[str]) -> None:
    assert group({"HEAR": "01:0C:CD:01:00:09"}, "HEAR", "01:0c:cd:01:00:02") == "01:0c:cd:01:00:09"
    assert group({"HEAR": "ff:ff:ff:ff:ff:ff"}, "HEAR", "01:0c:cd:01:00:02") == "01:0c:cd:01:00:02"
    assert "no group of GOOSE" in capsys.readouterr().out
