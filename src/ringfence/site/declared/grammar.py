# SPDX-License-Identifier: Apache-2.0
"""What may stand where in the file, read from the form itself."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from typing import Annotated, Any, TypeGuard, get_args, get_origin

from pydantic.fields import FieldInfo

from .form import Form
from .site import SiteForm

Loc = Sequence[str | int]


@cache
def fields_of(form: type[Form]) -> dict[str, FieldInfo]:
    """Return the fields of a form by the key that is written for them."""
    return {field.alias or name: field for name, field in form.model_fields.items()}


def keys_at(loc: Loc) -> tuple[str, ...]:
    """Return the keys that a mapping at ``loc`` may have; none where it is a mapping by name."""
    return tuple(key for kind in _members(_kinds_at(loc)) if _is_form(kind) for key in fields_of(kind))


def field_at(loc: Loc) -> FieldInfo | None:
    """Return the field at ``loc``; None where a name or an index stands, or nothing is known."""
    if not loc:
        return None
    kinds = _members(_kinds_at(loc[:-1]))
    fields = [fields_of(kind).get(str(loc[-1])) for kind in kinds if _is_form(kind)]
    return next((field for field in fields if field is not None), None)


def _members(kinds: Iterable[Any]) -> Iterator[Any]:
    """Put in the place of each list what its members are."""
    for kind in kinds:
        if get_origin(kind) is list:
            yield from _plain(get_args(kind))
        else:
            yield kind


def _kinds_at(loc: Loc) -> list[Any]:
    kinds: list[Any] = [SiteForm]
    for step in loc:
        kinds = [inner for kind in kinds for inner in _inside(kind, step)]
    return kinds


def _inside(kind: object, step: str | int) -> Iterator[Any]:
    """Yield what stands behind ``step`` in a value of a kind (a form, ``dict[...]`` or ``list[...]``)."""
    if _is_form(kind):
        if (field := fields_of(kind).get(str(step))) is not None:
            yield from _plain((field.annotation,))
    elif get_origin(kind) is dict:
        yield from _plain(get_args(kind)[1:])
    elif get_origin(kind) is list:
        members = _plain(get_args(kind))
        # A step that is no index leads into the one member that stands there without brackets.
        yield from members if isinstance(step, int) else (held for one in members for held in _inside(one, step))


def _plain(annotations: Iterable[Any]) -> Iterator[Any]:
    """Take annotations and unions apart."""
    for annotation in annotations:
        if get_origin(annotation) is Annotated:
            yield from _plain(get_args(annotation)[:1])
        elif _is_form(annotation) or get_origin(annotation) in {dict, list}:
            yield annotation
        else:
            yield from _plain(get_args(annotation))


def _is_form(kind: object) -> TypeGuard[type[Form]]:
    return isinstance(kind, type) and issubclass(kind, Form)
