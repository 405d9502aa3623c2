# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import math
from typing import Any

import pytest

from ringfence.site.scalar import resolve


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("", None),
        ("~", None),
        ("null", None),
        ("Null", None),
        ("nULL", "nULL"),
        ("true", True),
        ("FALSE", False),
        ("tRue", "tRue"),
        ("yes", "yes"),
        ("no", "no"),
        ("on", "on"),
        ("off", "off"),
        ("y", "y"),
        ("22:22", "22:22"),
        ("190:20:30.15", "190:20:30.15"),
        ("2027-01-01", "2027-01-01"),
        ("0", 0),
        ("-0", 0),
        ("+12", 12),
        ("007", 7),
        ("0o17", 15),
        ("-0o17", "-0o17"),
        ("017", 17),
        ("0o8", "0o8"),
        ("0x1F", 31),
        ("0xg", "0xg"),
        ("0b101", "0b101"),
        ("1_000", "1_000"),
        ("1e3", 1000.0),
        ("1.", 1.0),
        (".5", 0.5),
        ("-.5E-1", -0.05),
        ("1.5.2", "1.5.2"),
        ("10.1.1.0/24", "10.1.1.0/24"),
        ("52:54:00:00:00:01", "52:54:00:00:00:01"),
        (".", "."),
        ("-", "-"),
        ("+", "+"),
        ("..", ".."),
        (".inf", math.inf),
        ("-.INF", -math.inf),
        ("+.inf", math.inf),
        ("inf", "inf"),
        ("nan", "nan"),
        ("<<", "<<"),
        ("=", "="),
        ("١٢", "١٢"),
        ("\uff11", "\uff11"),
        (" 5", " 5"),
        ("5\n", "5\n"),
    ],
)
def test_plain_scalars_follow_the_core_schema(text: str, value: Any) -> None:
    found = resolve(text)
    assert found == value
    assert type(found) is type(value)


def test_not_a_number() -> None:
    found = resolve(".nan")
    assert isinstance(found, float)
    assert math.isnan(found)


def test_endless_digits_do_not_cost_endless_time() -> None:
    assert resolve("9" * 40) == int("9" * 40)
    assert resolve("9" * 100_000) == math.inf
    assert resolve("0x" + "f" * 100_000) == "0x" + "f" * 100_000
