# SPDX-License-Identifier: Apache-2.0
"""Holds a parsed file against the form, and says everything that does not fit.

What does not fit is taken out or replaced by an example, and the rest is looked at again, so that the checks of
references and addresses can speak about the rest of the file in the same run.
"""

from __future__ import annotations

import copy

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from ringfence.site.codes import Code
from ringfence.site.problems import PROBLEM_LIMIT, Problems
from ringfence.site.tree import Broken, Path, Value

from .grammar import field_at, keys_at
from .refusal import show
from .site import SiteForm
from .wording import describe

_ROUNDS = 10
_FLOOD = 2 * PROBLEM_LIMIT
_PATIENT = 3
"""After so many rounds what is around a stubborn value is taken out, ever more of it."""


def validate(problems: Problems) -> SiteForm | None:
    """Return the form of what fits; None where nothing does. Everything else is added to ``problems``."""
    value = problems.tree.value
    for number in range(_ROUNDS):
        try:
            return SiteForm.model_validate(value)
        except ValidationError as error:
            errors = error.errors(include_url=False)
        for found in errors[:_FLOOD]:
            _tell(problems, found)
        if len(errors) > _FLOOD:  # nobody who has so much to mend waits for what the references are like
            problems.leave_out(len(errors) - _FLOOD)
            return None
        if value is problems.tree.value:
            value = copy.deepcopy(value)
        for found in errors:
            _repair(problems, value, found, wider=max(0, number - _PATIENT))
    return None


def _place(problems: Problems, found: ErrorDetails) -> Path:
    """Where in the file an error lies. pydantic's location has steps that short ways of writing do not have."""
    loc = found["loc"]
    if found["type"] == "missing":
        return (*problems.tree.within(loc[:-1]), loc[-1])
    return problems.tree.within(loc)


def _tell(problems: Problems, found: ErrorDetails) -> None:
    path = _place(problems, found)
    if isinstance(found["input"], Broken) and found["type"] != "missing":
        problems.breaks(path)
    elif found["type"] in {"refused", "too_short"} and problems.has_broken(path):
        problems.breaks(path)  # what it misses was taken out here
    elif found["type"] == "missing":
        _tell_missing(problems, path, found)
    elif found["type"] == "extra_forbidden":
        _tell_unknown(problems, path, found)
    else:
        wording = describe(found)
        problems.add(wording.code, path, wording.problem, wording.fix, key=found["loc"][-1] == "[key]")


def _tell_missing(problems: Problems, path: Path, found: ErrorDetails) -> None:
    key = str(found["loc"][-1])
    field = field_at(found["loc"])
    example = field.examples[0] if field and field.examples else None
    such = f", such as '{key}: {example}'" if isinstance(example, (str, int)) else ""
    problems.add(Code.MISSING, path, f"'{key}' is missing.", f"Add '{key}:'{such}.", key=True)


def _tell_unknown(problems: Problems, path: Path, found: ErrorDetails) -> None:
    key = str(found["loc"][-1])
    known = keys_at(found["loc"][:-1])
    fix = f"{problems.similar(key, known)}The keys here are {', '.join(known)}."
    if not known:
        fix = "Remove it."
    problems.add(Code.UNKNOWN_KEY, path, f"The key {show(key)} is not known here.", fix, key=True)


def _repair(problems: Problems, value: Value, found: ErrorDetails, wider: int) -> None:
    """Take the value out, or put an example in its place where one has to stand there."""
    path = _place(problems, found)
    path = path[: max(1, len(path) - wider)]
    if not path:
        return
    parent, step = _parent(value, path), path[-1]
    field = field_at(path) if found["type"] != "extra_forbidden" else None
    if isinstance(parent, dict) and isinstance(step, str):
        parent.pop(step, None)
        if field is not None and field.is_required() and field.examples:
            parent[step] = copy.deepcopy(field.examples[0])
        problems.breaks(path)
    elif isinstance(parent, list):
        problems.breaks(path[:-1])
        _without(value, path[:-1])


def _parent(value: Value, path: Path) -> Value:
    """Return what holds the last step of a path; None where an earlier repair took it out."""
    node = value
    for step in path[:-1]:
        if isinstance(node, dict) and step in node:
            node = node[str(step)]
        elif isinstance(node, list) and isinstance(step, int) and step < len(node):
            node = node[step]
        else:
            return None
    return node


def _without(value: Value, path: Path) -> None:
    """Take out a list of which a member does not fit: positions in what is left would not be those of the file."""
    parent = _parent(value, path)
    if isinstance(parent, dict):
        field = field_at(path)
        parent.pop(str(path[-1]), None)
        if field is not None and field.is_required() and field.examples:
            parent[str(path[-1])] = copy.deepcopy(field.examples[0])
    elif isinstance(parent, list):
        _without(value, path[:-1])
