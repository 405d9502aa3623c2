# SPDX-License-Identifier: Apache-2.0
"""Writes a site file: plain values with comments become YAML 1.2 that reads back as the same values."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias, TypeGuard

from .scalar import Scalar, resolve

Plain: TypeAlias = "Scalar | Sequence[Plain] | Mapping[str, Plain] | Commented"

_STEP = "  "
_WIDTH = 100
# What begins with a word character and has none of YAML's signs inside (YAML 1.2.2 section 7.3.3); the slash and the
# dot let paths and addresses stay without quotes.
_PLAIN = re.compile(r"[A-Za-z0-9/_.][A-Za-z0-9/_.+@%()' -]*(?::+[A-Za-z0-9/_.+-]+)*", re.ASCII)
_OLD_WORDS = frozenset({"y", "n", "yes", "no", "on", "off"})
"""Truth values to readers of YAML 1.1, which an editor may be."""


@dataclass(frozen=True, slots=True)
class Commented:
    """A value with comments: ``above`` lines before its key, and ``beside`` behind a scalar."""

    value: Plain
    above: str = ""
    beside: str = ""


def emit(top: Mapping[str, Plain], head: str = "") -> str:
    """Return the text of a file. ``head`` is a comment at its beginning.

    Raises ValueError for values that YAML's core schema cannot hold (floats that are not finite, half characters).
    """
    lines = [*_comment(head, ""), ""] if head else []
    return "\n".join([*lines, *_mapping(top, "")]) + "\n"


def _comment(text: str, indent: str) -> Iterator[str]:
    """Each line of a comment; a line break of any kind ends one, so that nobody's text leaves its comment."""
    for line in text.splitlines():
        yield f"{indent}# {_shown(line)}".rstrip()


def _shown(text: str) -> str:
    return "".join(character if character.isprintable() else "?" for character in text)


def _mapping(values: Mapping[str, Plain], indent: str) -> Iterator[str]:
    for key, value in values.items():
        note = value if isinstance(value, Commented) else Commented(value)
        yield from _spaced(note.above, indent)
        yield from _field(f"{indent}{_scalar(key)}:", note, indent)


def _spaced(above: str, indent: str) -> Iterator[str]:
    if above:
        yield from ("", *_comment(above, indent))


def _field(start: str, note: Commented, indent: str) -> Iterator[str]:
    value = note.value
    if isinstance(value, str) and _is_block(value):
        yield f"{start} |{'' if value.endswith(chr(10)) else '-'}"
        yield from (f"{indent}{_STEP}{line}".rstrip() for line in value.removesuffix("\n").split("\n"))
    elif isinstance(value, Mapping) and value:
        yield start
        yield from _mapping(value, indent + _STEP)
    elif _is_list(value) and value:
        yield from _list(start, value, indent)
    else:
        yield f"{start} {_flow(value)}{_beside(note)}".rstrip()


def _list(start: str, values: Iterable[Plain], indent: str) -> Iterator[str]:
    """On one line where it is short and of scalars, else one member a line."""
    members = list(values)
    line = f"{start} {_flow(members)}" if all(_is_scalar(one) for one in members) else None
    if line is not None and len(line) <= _WIDTH:
        yield line
        return
    yield start
    for member in members:
        yield from _member(member, indent + _STEP)


def _member(value: Plain, indent: str) -> Iterator[str]:
    note = value if isinstance(value, Commented) else Commented(value)
    yield from _comment(note.above, indent)
    if not isinstance(note.value, Mapping) or not note.value:
        yield f"{indent}- {_flow(note.value)}{_beside(note)}"
        return
    lines = list(_mapping(note.value, indent + _STEP))
    first = next(number for number, line in enumerate(lines) if line and not line.lstrip().startswith("#"))
    yield from lines[:first]
    yield f"{indent}- {lines[first].lstrip()}"
    yield from lines[first + 1 :]


def _beside(note: Commented) -> str:
    return f"  # {_shown(' '.join(note.beside.split()))}" if note.beside else ""


def _flow(value: Plain) -> str:
    """Return a value on one line."""
    if isinstance(value, Commented):
        return _flow(value.value)
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{_scalar(key)}: {_flow(held)}" for key, held in value.items()) + "}"
    if isinstance(value, (str, int, float)) or value is None:
        return _scalar(value)
    return "[" + ", ".join(_flow(held) for held in value) + "]"


def _scalar(value: Scalar) -> str:
    if isinstance(value, str):
        return value if _is_plain(value) else _quoted(value)
    if isinstance(value, float) and not abs(value) < float("inf"):
        raise ValueError("Only finite numbers can be written into a site file.")
    return "null" if value is None else str(value).lower() if isinstance(value, bool) else repr(value)


def _quoted(text: str) -> str:
    """Return a text in double quotes (YAML 1.2.2 section 7.3.1). JSON's escapes of surrogate pairs are not YAML's."""
    return '"' + "".join(_escaped(character) for character in text) + '"'


def _escaped(character: str) -> str:
    if character in '"\\':
        return "\\" + character
    if character.isprintable():
        return character
    if "\ud800" <= character <= "\udfff":
        raise ValueError("Text with half a character (a surrogate) cannot be written into a site file.")
    return f"\\U{ord(character):08x}" if character > "\uffff" else f"\\u{ord(character):04x}"


def _is_plain(text: str) -> bool:
    """Tell whether a text may stand without quotes, in brackets too, and is read back as text."""
    if _PLAIN.fullmatch(text) is None or text != text.strip() or text.lower() in _OLD_WORDS:
        return False
    return isinstance(resolve(text), str)


def _is_block(text: str) -> bool:
    """Tell whether a text of several lines can stand behind ``|`` unchanged."""
    lines = text.split("\n")
    printable = all(line.isprintable() for line in lines)
    begins = bool(lines[0]) and not lines[0].startswith(" ")
    return (
        len(lines) > 1
        and printable
        and begins
        and not text.endswith("\n\n")
        and not any(line != line.rstrip() for line in lines)
    )


def _is_scalar(value: Plain) -> bool:
    return isinstance(value, (str, int, float)) or value is None


def _is_list(value: Plain) -> TypeGuard[Sequence[Plain]]:
    return isinstance(value, Sequence) and not isinstance(value, str)
