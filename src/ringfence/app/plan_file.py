# SPDX-License-Identifier: Apache-2.0
"""Plans on the disk: ``plan --out`` writes one, ``apply PLAN`` reads it."""

from __future__ import annotations

import os
from pathlib import Path

from ringfence.base.errors import BadInput, Refused
from ringfence.plan.codec import plan_from_json, plan_to_json
from ringfence.plan.plan import Plan

BEGINS = b'{"ringfence-plan"'
LARGEST = 1 << 30


def is_plan_file(path: Path) -> bool:
    """Tell whether a file begins as plans do. Raises BadInput when it cannot be read."""
    return _read(path, len(BEGINS)) == BEGINS


def read_plan(path: Path) -> Plan:
    """Return the plan in a file. Raises BadInput when it is none, was edited, or is of another version."""
    try:
        return plan_from_json(_read(path, LARGEST).decode())
    except UnicodeDecodeError as error:
        raise BadInput(f"{path} is no plan that Ringfence wrote.", _NEXT) from error


def write_plan(path: Path, plan: Plan) -> None:
    """Write a plan for its owner only: it may hold secrets of first boots. Raises Refused."""
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600)
        with os.fdopen(handle, "w", encoding="utf-8") as stream:
            stream.write(plan_to_json(plan))
    except OSError as error:
        raise Refused(f"{path} cannot be written: {error.strerror}.", "Name another file with --out FILE.") from error


_NEXT = "Make a new one with 'ringfence plan --out FILE'."


def _read(path: Path, size: int) -> bytes:
    try:
        with path.open("rb") as stream:
            return stream.read(size)
    except OSError as error:
        raise BadInput(f"{path} cannot be read: {error.strerror}.", "Name a site file or a plan.") from error
