# SPDX-License-Identifier: Apache-2.0
"""What all nouns of the file have in common: no conversion between types, no unknown keys."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from pydantic import BaseModel, ConfigDict, GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, core_schema

from ringfence.site.codes import Code

from .refusal import refuse


class Form(BaseModel):
    """A mapping of the site file."""

    model_config = ConfigDict(strict=True, extra="forbid", allow_inf_nan=False)

    def one_of(self, *fields: str) -> None:
        """Raise unless exactly one of ``fields`` is set (is not None)."""
        written = {field: type(self).model_fields[field].alias or field for field in fields}
        given = [written[field] for field in fields if getattr(self, field) is not None]
        if len(given) == 1:
            return
        either = " or ".join(f"'{field}'" for field in written.values())
        if given:
            both = " and ".join(f"'{field}'" for field in given)
            raise refuse(Code.CONTRADICTION, f"{both} stand here together.", f"Keep one: {either}.")
        raise refuse(Code.MISSING, f"Neither {either.replace(' or ', ' nor ')} is given.", f"Write one: {either}.")


class Listed:
    """Annotation of a list: one thing may stand there without brackets."""

    def __get_pydantic_core_schema__(self, source: object, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_before_validator_function(_listed, handler(source))

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        of_list = handler(schema)
        return {"anyOf": [handler.resolve_ref_schema(of_list)["items"], of_list]}


def _listed(value: object) -> object:
    return value if isinstance(value, list) else [value]


class Spelled:
    """Annotation: ``spell`` turns short ways to write a thing into its form; ``short`` is their JSON Schema."""

    def __init__(self, spell: Callable[[object], object], *short: Mapping[str, Any]) -> None:
        self._spell = spell
        self._short = [dict(schema) for schema in short]

    def __get_pydantic_core_schema__(self, source: object, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_before_validator_function(self._spell, handler(source))

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        return {"anyOf": [*self._short, handler(schema)]}


def _nothing_is_empty(value: object) -> object:
    return {} if value is None else value


EmptyAllowed = Spelled(_nothing_is_empty, {"type": "null"})
"""``server1:`` with nothing behind it is an empty mapping."""


def _nothing_is_none(value: object) -> object:
    return [] if value is None else value


NoneAllowed = Spelled(_nothing_is_none, {"type": "null"})
"""``exceptions:`` with nothing behind it is an empty list."""
