# SPDX-License-Identifier: Apache-2.0
"""A part of a verification: how long it may take, and what becomes of it when it fails."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from ringfence.base.errors import RingfenceError
from ringfence.engine.cancel import Cancel

from .deadline import within
from .ground import Ground
from .outcome import Found, Outcome


@dataclass(frozen=True, slots=True)
class Part:
    """``title`` is what progress says; ``work`` gets the ground and a wish to stop, and changes nothing."""

    name: str
    title: str
    seconds: float
    work: Callable[[Ground, Cancel], Outcome]


def run(part: Part, ground: Ground) -> Outcome:
    """Run a part; one that hangs, is refused or meets a fault of its own proves nothing, and says so."""
    try:
        return within(part.seconds, part.title, lambda stop: part.work(ground, stop), ground.session.cancel)
    except RingfenceError as error:
        return _unproven(ground, error.problem, error.next_step)
    except Exception as error:  # noqa: BLE001 - a fault in one part must not hide what the others found
        said = f"{type(error).__name__}: {error}".splitlines()[0][:200]
        return _unproven(ground, f"It met a fault of its own ({said}).", "Please report it, with the output of --json.")


def _unproven(ground: Ground, why: str, step: str) -> Outcome:
    found = Found((ground.shared, ground.host), why, wrong=False, next_step=step)
    return Outcome("This part could not be brought to its end.", (found,), whole=False)
