# SPDX-License-Identifier: Apache-2.0
"""Asks the kernel whether its clock is synchronised (adjtimex(2), which changes nothing without modes)."""

from __future__ import annotations

import ctypes
import os
from collections.abc import Iterable

from ringfence.facts.posture import Clock

_UNSYNCHRONISED = 0x40  # STA_UNSYNC (linux/timex.h)
_KEEPERS = ("chronyd", "ntpd", "systemd-timesyn", "openntpd", "ptp4l", "phc2sys", "timemaster")
"""Programs that keep a clock, by the 15 bytes of a name that the kernel keeps."""


class _Timex(ctypes.Structure):
    _fields_ = (
        ("modes", ctypes.c_uint),
        ("offset", ctypes.c_long),
        ("freq", ctypes.c_long),
        ("maxerror", ctypes.c_long),
        ("esterror", ctypes.c_long),
        ("status", ctypes.c_int),
        ("rest", ctypes.c_byte * 256),
    )


def read_clock(names: Iterable[str]) -> Clock:
    """Return how the clock is kept; ``names`` are those of all processes. Raises OSError."""
    told = _Timex()
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.adjtimex(ctypes.byref(told)) < 0:
        code = ctypes.get_errno()
        raise OSError(code, os.strerror(code))
    keepers = dict.fromkeys(name for name in names if name in _KEEPERS)
    return Clock(not told.status & _UNSYNCHRONISED, ", ".join(keepers), told.maxerror)
