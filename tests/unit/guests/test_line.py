# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

from contextlib import suppress

import pytest
from guests.roles.wire.line import LineError, Point, encode, parse
from hypothesis import given
from hypothesis import strategies as st

TEXT = st.text(st.characters(codec="ascii", categories=["L", "N", "P", "Zs"], exclude_characters='\\"'), min_size=1)
VALUES = st.one_of(
    st.booleans(), st.integers(-(10**18), 10**18), st.floats(allow_nan=False, allow_infinity=False), TEXT
)
POINTS = st.builds(
    Point,
    measurement=TEXT,
    tags=st.lists(st.tuples(TEXT, TEXT), max_size=3).map(tuple),
    fields=st.lists(st.tuples(TEXT, VALUES), min_size=1, max_size=3).map(tuple),
    time=st.none() | st.integers(-(10**18), 10**18),
)


def test_a_line_as_the_reference_shows_it() -> None:
    line = 'weather,location=us\\,midwest,season=summer temperature=82,label="a b, c=d",wet=t,n=5i 1465839830100400200'
    assert parse(line) == Point(
        "weather",
        (("location", "us,midwest"), ("season", "summer")),
        (("temperature", 82.0), ("label", "a b, c=d"), ("wet", True), ("n", 5)),
        1465839830100400200,
    )


@given(POINTS)
def test_what_was_encoded_is_parsed_again(point: Point) -> None:
    assert parse(encode(point)) == point


@pytest.mark.parametrize(
    "line",
    ["", "tank", "tank level", "tank level=", "tank =1", ",a=b level=1", "tank level=abc", "tank level=1 noon",
     "tank level=1 1 1", "tank,x level=1", "tank level=1e", "t f=" + "1" * 5000, "tank level=1_0"],
)  # fmt: skip
def test_a_wrong_line_is_refused_with_a_sentence(line: str) -> None:
    with pytest.raises(LineError, match=r"\.$|\d$"):
        parse(line)


@given(st.text(max_size=200))
def test_any_text_is_a_point_or_refused(text: str) -> None:
    with suppress(LineError):
        assert parse(text).fields
