# SPDX-License-Identifier: Apache-2.0
"""JSON Schema of values that are written as text, with the few words by which the reference page calls them."""

from __future__ import annotations

from typing import Any

from pydantic import WithJsonSchema
from pydantic.fields import FieldInfo


def text(meaning: str, pattern: str | None = None, **more: object) -> dict[str, Any]:
    """Return the schema of a text that matches ``pattern`` as a whole."""
    return {"$comment": meaning, "type": "string", **({"pattern": f"^{pattern}$"} if pattern else {}), **more}


def as_text(meaning: str, pattern: str | None = None, **more: object) -> WithJsonSchema:
    """Return the annotation of a value of another type that is written as text."""
    return WithJsonSchema(text(meaning, pattern, **more))


def called(meaning: str, pattern: str | None = None, **more: object) -> FieldInfo:
    """Return the annotation of a text."""
    extra = text(meaning, pattern, **more)
    del extra["type"]
    return FieldInfo(json_schema_extra=extra)
