# SPDX-License-Identifier: Apache-2.0
"""Units of size (bytes) and time (seconds)."""

from __future__ import annotations

import re

KiB = 1024
MiB = 1024 * KiB
GiB = 1024 * MiB
TiB = 1024 * GiB

_SIZES = {"KiB": KiB, "MiB": MiB, "GiB": GiB, "TiB": TiB}
_TIMES = {"s": 1, "m": 60, "h": 3600, "d": 86400}
_STEP = 1000
_WHOLE = 100
"""From here on a tenth of a unit says nothing."""
_QUANTITY = re.compile(r"(\d{1,12})\s*([A-Za-z]{1,3})", re.ASCII)


def parse_size(text: str) -> int:
    """Bytes of ``"4 GiB"``. Binary units only (IEC 80000-13). Raises ValueError with a full sentence."""
    return _parse(text, _SIZES, "a size such as '4 GiB' or '512 MiB'")


def parse_duration(text: str) -> int:
    """Seconds of ``"30m"``. Units s, m, h, d. Raises ValueError with a full sentence."""
    return _parse(text, _TIMES, "a time such as '30s', '5m', '2h' or '1d'")


def quantity(count: float) -> str:
    """Return bytes in at most four digits and a unit (1 kB are 1,000 bytes)."""
    for unit in ("B", "kB", "MB", "GB"):
        if count < _STEP or unit == "GB":
            break
        count /= _STEP
    return f"{count:.0f} {unit}" if unit == "B" or count >= _WHOLE else f"{count:.1f} {unit}"


def _parse(text: str, units: dict[str, int], wanted: str) -> int:
    match = _QUANTITY.fullmatch(text.strip())
    if match is None or match[2] not in units:
        message = f"'{text[:40]}' is not {wanted}."
        raise ValueError(message)
    return int(match[1]) * units[match[2]]
