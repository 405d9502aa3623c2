# SPDX-License-Identifier: Apache-2.0
"""Sizes of images and volumes, as parts hold them."""

from __future__ import annotations

from ringfence.base.units import MiB


def size_text(size: int) -> str:
    """Write a size in bytes the way parts hold it: ``4096 MiB``, or bytes where it is no whole number of MiB."""
    return f"{size // MiB} MiB" if size % MiB == 0 else f"{size} B"


def size_bytes(text: str) -> int:
    """Read what ``size_text`` wrote. Raises ValueError."""
    number, unit = text.split()
    return int(number) * {"MiB": MiB, "B": 1}[unit]
