# SPDX-License-Identifier: Apache-2.0
"""Says what pydantic found in full sentences, with what to do."""

from __future__ import annotations

from typing import NamedTuple

from pydantic_core import ErrorDetails

from ringfence.site.codes import Code

from .refusal import show


class Wording(NamedTuple):
    """A diagnostic's id and sentences."""

    code: Code
    problem: str
    fix: str


_TYPES = {
    "int_type": ("a whole number", "Write a whole number, without quotes."),
    "int_from_float": ("a whole number", "Write a whole number."),
    "float_type": ("a number", "Write a number, without quotes."),
    "bool_type": ("true or false", "Write true or false, without quotes."),
    "dict_type": ("a mapping", "Write its fields below it, each as 'key: value'."),
    "model_type": ("a mapping", "Write its fields below it, each as 'key: value'."),
    "model_attributes_type": ("a mapping", "Write its fields below it, each as 'key: value'."),
    "list_type": ("a list", "Begin each line of the list with '- '."),
}

_BOUNDS = {
    "greater_than_equal": ("ge", "less than {}", "Write {} or more."),
    "less_than_equal": ("le", "more than {}", "Write {} or less."),
}


def describe(error: ErrorDetails) -> Wording:
    """Word an error that is about a value (not a missing or unknown key)."""
    kind, context, said = error["type"], error.get("ctx", {}), show(error["input"])
    if kind == "refused":
        return Wording(Code(context["code"]), context["problem"], context["fix"])
    if kind == "string_type":
        return _not_text(error["input"])
    if kind in _TYPES:
        wanted, fix = _TYPES[kind]
        return Wording(Code.TYPE, f"{said} is not {wanted}.", fix)
    if kind == "literal_error":
        return Wording(Code.CHOICE, f"{said} cannot stand here.", f"Write {context['expected']}.")
    if kind in _BOUNDS:
        name, problem, fix = _BOUNDS[kind]
        bound = context[name]
        return Wording(Code.RANGE, f"{said} is {problem.format(bound)}.", fix.format(bound))
    return _length(error)


def _not_text(value: object) -> Wording:
    if value is None:
        return Wording(Code.TYPE, "Nothing is written here.", "Write a text, or remove the key.")
    if isinstance(value, (bool, int, float)):
        return Wording(Code.TYPE, f"{show(value)} is a number or truth value here.", "Put it in quotes.")
    return Wording(Code.TYPE, f"{show(value)} is not a text.", "Write one text.")


def _length(error: ErrorDetails) -> Wording:
    context = error.get("ctx", {})
    if error["type"] == "too_short":
        return Wording(Code.MISSING, "Nothing is written here.", "Name at least one.")
    if error["type"] == "too_long":
        most = context["max_length"]
        return Wording(Code.RANGE, f"There are more than {most}.", f"Give at most {most}.")
    return Wording(Code.TYPE, f"{show(error['input'])} cannot stand here: {error['msg']}.", "Write another value.")
