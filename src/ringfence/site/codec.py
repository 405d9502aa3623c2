# SPDX-License-Identifier: Apache-2.0
"""Resolved sites as JSON: a revision keeps the whole site, whatever becomes of the files that it was written in."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import fields, is_dataclass
from datetime import date
from enum import Enum
from functools import cache
from ipaddress import IPv4Address, IPv4Interface, IPv4Network, IPv6Address, IPv6Interface, IPv6Network
from types import UnionType
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

from ringfence.base.errors import BadInput

from .site import Site

FORMAT = 1
_WORDS: Mapping[type, Callable[[Any], object]] = {
    IPv4Address: IPv4Address,
    IPv6Address: IPv6Address,
    IPv4Interface: IPv4Interface,
    IPv6Interface: IPv6Interface,
    IPv4Network: IPv4Network,
    IPv6Network: IPv6Network,
    date: date.fromisoformat,
}
"""Types that are written as one word, and how the word is read."""


def site_to_json(site: Site) -> str:
    """Return a site, its marks included, as JSON."""
    return json.dumps({"format": FORMAT, "site": _plain(site)}, ensure_ascii=False)


def site_from_json(text: str) -> Site:
    """Return what ``site_to_json`` wrote. Raises BadInput for anything else."""
    try:
        told = json.loads(text)
        if told["format"] != FORMAT:
            raise BadInput(f"The kept site has format {told['format']}.", "Use the Ringfence that wrote it.")
        found: Site = _reader(Site)(told["site"])
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        problem = f"The site that a revision keeps cannot be read ({type(error).__name__})."
        raise BadInput(problem, "Apply the site file again.") from error
    return found


def _plain(value: object) -> object:
    if is_dataclass(value) and not isinstance(value, type):
        return {field.name: _plain(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, Mapping):
        return {str(key): _plain(found) for key, found in value.items()}
    if isinstance(value, tuple):
        return [_plain(found) for found in value]
    if isinstance(value, Enum):
        return value.value
    return str(value) if isinstance(value, tuple(_WORDS)) else value


@cache
def _reader(wanted: Any) -> Callable[[Any], Any]:  # noqa: ANN401 - type hints have no common type
    """Return what reads a value of a type from plain data."""
    origin, arguments = get_origin(wanted), get_args(wanted)
    if origin in {Union, UnionType}:
        return _choice(arguments)
    if origin is tuple:
        return _many(_reader(arguments[0]))
    if isinstance(origin, type) and issubclass(origin, Mapping):
        return _named(_reader(arguments[1]))
    if is_dataclass(wanted):
        return _record(wanted)
    if origin is Literal or not isinstance(wanted, type):
        return _same
    return _WORDS.get(wanted, wanted if issubclass(wanted, Enum) else _same)


def _same(value: object) -> object:
    return value


def _many(read: Callable[[Any], Any]) -> Callable[[Any], Any]:
    return lambda value: tuple(read(found) for found in value)


def _named(read: Callable[[Any], Any]) -> Callable[[Any], Any]:
    return lambda value: {key: read(found) for key, found in value.items()}


def _choice(kinds: tuple[Any, ...]) -> Callable[[Any], Any]:
    """Read one of several: nothing, or the first that takes the value (an IPv6 address is no IPv4 address)."""
    readers = [_reader(kind) for kind in kinds if kind is not type(None)]

    def read(value: Any) -> Any:  # noqa: ANN401 - plain data
        for reader in readers[:-1]:
            try:
                return None if value is None else reader(value)
            except ValueError:
                continue
        return None if value is None else readers[-1](value)

    return read


def _record(kind: Any) -> Callable[[Any], Any]:  # noqa: ANN401 - any dataclass
    hints = get_type_hints(kind)
    readers = {field.name: _reader(hints[field.name]) for field in fields(kind)}
    return lambda value: kind(**{name: readers[name](found) for name, found in value.items()})
