# SPDX-License-Identifier: Apache-2.0
"""Messages become JSON: dataclasses by field name, times in ISO 8601 (UTC), everything under a version number."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from datetime import date, datetime
from enum import Enum

VERSION = 1
"""Rises when a field changes its meaning or goes; new fields may come without notice."""


def to_json(message: object) -> str:
    """Return a message as indented JSON with the field ``version`` first."""
    plain = to_plain(message)
    body = plain if isinstance(plain, dict) else {"items": plain}
    return json.dumps({"version": VERSION, **body}, indent=2, ensure_ascii=False)


def to_plain(value: object) -> object:
    """Return dictionaries, lists, text, numbers, booleans and None for any message. Raises TypeError for the rest."""
    if is_dataclass(value) and not isinstance(value, type):
        return {field.name: to_plain(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, Mapping):
        return {str(key): to_plain(found) for key, found in value.items()}
    if isinstance(value, (list, tuple, set, frozenset)):
        return [to_plain(found) for found in value]
    if isinstance(value, (datetime, date)):
        return value.isoformat()
    if value is None or isinstance(value, (str, int, float, bool)):
        return value
    message = f"{type(value).__name__} has no JSON form."
    raise TypeError(message)
