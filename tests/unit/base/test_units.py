# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import pytest

from ringfence.base.units import GiB, KiB, MiB, TiB, parse_duration, parse_size


@pytest.mark.parametrize(
    ("text", "size"),
    [("1 KiB", KiB), ("512MiB", 512 * MiB), (" 4 GiB ", 4 * GiB), ("2\tTiB", 2 * TiB), ("0 MiB", 0)],
)
def test_sizes(text: str, size: int) -> None:
    assert parse_size(text) == size


@pytest.mark.parametrize(("text", "seconds"), [("30s", 30), ("5m", 300), ("2 h", 7200), ("1d", 86400)])
def test_durations(text: str, seconds: int) -> None:
    assert parse_duration(text) == seconds


@pytest.mark.parametrize("text", ["", "4", "4 GB", "4 gib", "4.5 GiB", "-1 GiB", "1e3 MiB", "٤ GiB", "9" * 13 + " MiB"])
def test_other_units_are_refused_with_a_sentence(text: str) -> None:
    with pytest.raises(ValueError, match=r"is not a size such as '4 GiB' or '512 MiB'\.$"):
        parse_size(text)


@pytest.mark.parametrize("text", ["30", "30 sec", "1w", "1.5h", "s"])
def test_other_times_are_refused_with_a_sentence(text: str) -> None:
    with pytest.raises(ValueError, match=r"is not a time such as"):
        parse_duration(text)
