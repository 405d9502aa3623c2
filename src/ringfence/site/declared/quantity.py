# SPDX-License-Identifier: Apache-2.0
"""Sizes, times, dates and ports as they are written."""

from __future__ import annotations

import re
from datetime import date
from itertools import pairwise
from typing import Annotated

from pydantic import PlainValidator, WithJsonSchema

from ringfence.base.units import MiB, TiB, parse_duration, parse_size
from ringfence.site.codes import Code
from ringfence.site.service import PortRange

from .described import as_text, text
from .refusal import refuse, show

_SIZE_LIMIT = 1024 * TiB
_DURATION_LIMIT = 366 * 86400
_PORT_LIMIT = 65535
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_PORTS = re.compile(r"(\d{1,5})(?:\s*-\s*(\d{1,5}))?", re.ASCII)


def _size_mib(value: object) -> int:
    """MiB of ``'4 GiB'``."""
    size = _parsed(value, parse_size, "4 GiB") if isinstance(value, str) else _bare(value, "MiB", "4 GiB")
    if size % MiB or not 0 < size <= _SIZE_LIMIT:
        raise refuse(Code.RANGE, f"{show(value)} is not a whole number of MiB.", "Write '1 MiB' to '1024 TiB'.")
    return size // MiB


def _seconds(value: object) -> int:
    """Seconds of ``'30m'``."""
    time = _parsed(value, parse_duration, "30s") if isinstance(value, str) else _bare(value, "s", "30s")
    if not 0 < time <= _DURATION_LIMIT:
        raise refuse(Code.RANGE, f"{show(value)} is not between one second and a year.", "Write '1s' to '366d'.")
    return time


def _parsed(text: str, parse: object, example: str) -> int:
    try:
        return parse_size(text) if parse is parse_size else parse_duration(text)
    except ValueError as error:
        units = "KiB, MiB, GiB or TiB (1 GiB is 1024 MiB)" if parse is parse_size else "s, m, h or d"
        raise refuse(Code.UNIT, str(error), f"Give a number and a unit, {units}, such as '{example}'.") from error


def _bare(value: object, unit: str, example: str) -> int:
    if isinstance(value, int) and not isinstance(value, bool):
        raise refuse(Code.UNIT, f"{show(value)} has no unit.", f"Write the unit, such as '{value} {unit}'.")
    raise refuse(Code.TYPE, f"{show(value)} is not a number with a unit.", f"Write it as in '{example}'.")


def _date(value: object) -> date:
    try:
        if isinstance(value, str) and _DAY.fullmatch(value):
            return date.fromisoformat(value)
    except ValueError:
        pass
    raise refuse(Code.DATE, f"{show(value)} is not a date.", "Write year-month-day, such as '2027-03-31'.")


def port_ranges(value: object) -> tuple[PortRange, ...]:
    """Ranges of ``502``, ``'5000-5010'`` or a list of both, sorted; raises the refusal."""
    values = value if isinstance(value, list) else [value]
    ranges = tuple(sorted(_port_range(one) for one in values))
    for lower, upper in pairwise(ranges):
        if upper.first <= lower.last:
            raise refuse(Code.DUPLICATE, f"The ports {lower} and {upper} overlap.", "Write each port once.")
    return ranges


def _port_range(value: object) -> PortRange:
    match = _PORTS.fullmatch(value) if isinstance(value, str) else None
    first, last = (value, value) if match is None else (int(match[1]), int(match[2] or match[1]))
    if not isinstance(first, int) or not isinstance(last, int) or isinstance(first, bool):
        fix = "Write a number such as 502, or a range such as '5000-5010'."
        raise refuse(Code.PORT, f"{show(value)} is not a port.", fix)
    if not 1 <= first <= last <= _PORT_LIMIT:
        fix = f"Ports go from 1 to {_PORT_LIMIT}, the smaller one first."
        raise refuse(Code.PORT, f"{show(value)} is no port or range of ports.", fix)
    return PortRange(first, last)


def _port(value: object) -> int:
    found = _port_range(value)
    if found.size != 1 or not isinstance(value, int):
        raise refuse(Code.PORT, f"{show(value)} is not one port.", "Write one number, such as 502.")
    return found.first


_PORT_SCHEMA = {"$comment": "port", "type": "integer", "minimum": 1, "maximum": _PORT_LIMIT}
_PORTS_SCHEMA = (_PORT_SCHEMA, text("range, such as `5000-5010`", r"\d{1,5}(\s*-\s*\d{1,5})?"))
_SIZE_SCHEMA = as_text("size, such as `4 GiB`", r"\d{1,12}\s*(KiB|MiB|GiB|TiB)")
_TIME_SCHEMA = as_text("time, such as `30s`", r"\d{1,12}\s*[smhd]")

SizeMiB = Annotated[int, PlainValidator(_size_mib), _SIZE_SCHEMA]
Seconds = Annotated[int, PlainValidator(_seconds), _TIME_SCHEMA]
Day = Annotated[date, PlainValidator(_date), as_text("date, such as `2027-03-31`", format="date")]
Port = Annotated[int, PlainValidator(_port), WithJsonSchema(_PORT_SCHEMA)]
Ports = Annotated[
    tuple[PortRange, ...],
    PlainValidator(port_ranges),
    WithJsonSchema({"anyOf": [*_PORTS_SCHEMA, {"type": "array", "items": {"anyOf": list(_PORTS_SCHEMA)}}]}),
]
