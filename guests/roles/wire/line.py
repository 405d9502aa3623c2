# SPDX-License-Identifier: Apache-2.0
"""InfluxDB's line protocol: ``measurement,tag=value field=value,field=value nanoseconds``, one point a line.

Source: InfluxDB 1.8, Write protocols, Line protocol reference. Names and tags escape comma, equals sign and space
with a backslash. Field values here are numbers, booleans or quoted text.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

Value = float | int | bool | str

_SPACE = re.compile(r'(?<!\\) (?=(?:[^"]*"[^"]*")*[^"]*$)')
_COMMA = re.compile(r'(?<!\\),(?=(?:[^"]*"[^"]*")*[^"]*$)')
_EQUALS = re.compile(r"(?<!\\)=")
_ESCAPED = re.compile(r"\\([,= ])")
_PLAIN = re.compile(r"([,= ])")
_NUMBER = re.compile(r"-?(\d{1,30}(\.\d{0,30})?|\.\d{1,30})([eE][+-]?\d{1,3})?")
MOST_LENGTH = 4096
"""Characters of one line that are looked at; a longer one is refused."""


class LineError(ValueError):
    """The line is no point; the message is a full sentence."""


@dataclass(frozen=True, slots=True)
class Point:
    """One moment of one measurement. ``time`` in nanoseconds since 1970, None when the sender left it open."""

    measurement: str
    tags: tuple[tuple[str, str], ...]
    fields: tuple[tuple[str, Value], ...]
    time: int | None = None


def encode(point: Point) -> str:
    """Answer the point's line, without its end."""
    head = ",".join([_escape(point.measurement), *(f"{_escape(name)}={_escape(text)}" for name, text in point.tags)])
    fields = ",".join(f"{_escape(name)}={_encode_value(value)}" for name, value in point.fields)
    return f"{head} {fields}" if point.time is None else f"{head} {fields} {point.time}"


def parse(line: str) -> Point:
    """Answer the line's point. Raises LineError."""
    if len(line) > MOST_LENGTH:
        raise LineError(f"A line is longer than {MOST_LENGTH} characters.")
    parts = _SPACE.split(line.strip())
    if len(parts) not in {2, 3}:
        raise LineError(
            "A line needs a measurement, fields, and at most a time: name,tag=a field=1 1700000000000000000"
        )
    name, *tags = _COMMA.split(parts[0])
    if not name:
        raise LineError("A line begins with the measurement's name.")
    fields = tuple((key, _parse_value(value)) for key, value in map(_pair, _COMMA.split(parts[1])))
    return Point(_unescape(name), tuple((k, _unescape(v)) for k, v in map(_pair, tags)), fields, _parse_time(parts[2:]))


def _escape(text: str) -> str:
    return _PLAIN.sub(r"\\\1", text)


def _unescape(text: str) -> str:
    return _ESCAPED.sub(r"\1", text)


def _pair(text: str) -> tuple[str, str]:
    key, *rest = _EQUALS.split(text, maxsplit=1)
    if not key or not rest or not rest[0]:
        raise LineError(f"{text[:40]!r} is not of the form name=value.")
    return _unescape(key), rest[0]


def _encode_value(value: Value) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return f"{value}i"
    if isinstance(value, float):
        return repr(value)
    return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _parse_value(text: str) -> Value:
    if len(text) > 1 and text[0] == text[-1] == '"':
        return re.sub(r'\\(["\\])', r"\1", text[1:-1])
    if text.lower() in {"t", "true", "f", "false"}:
        return text.lower() in {"t", "true"}
    whole = re.fullmatch(r"(-?\d{1,19})[iu]", text)
    if whole:
        return int(whole[1])
    if _NUMBER.fullmatch(text):
        return float(text)
    raise LineError(f"{text[:40]!r} is no number, no boolean and no quoted text.")


def _parse_time(rest: list[str]) -> int | None:
    if not rest:
        return None
    if not re.fullmatch(r"-?\d{1,19}", rest[0]):
        raise LineError(f"{rest[0][:40]!r} is no time in nanoseconds.")
    return int(rest[0])
