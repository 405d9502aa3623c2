# SPDX-License-Identifier: Apache-2.0
"""Work under a deadline: what hangs is left behind, and whoever waits for it goes on."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from ringfence.base.errors import DeadlinePassed
from ringfence.engine.cancel import Cancel

T = TypeVar("T")
GRACE_S = 10.0
"""How long work that is asked to stop may take to put away what it made."""
_PACE_S = 0.1


@dataclass(slots=True)
class _Box(Generic[T]):
    done: threading.Event = field(default_factory=threading.Event)
    result: list[T] = field(default_factory=list)
    error: BaseException | None = None


def within(seconds: float, what: str, work: Callable[[Cancel], T], person: Cancel) -> T:
    """Return what ``work`` returns, or raise what it raises. It is handed a wish to stop, which it may heed.

    Raises DeadlinePassed when it takes longer or the person does not want to wait: its thread is left behind, and
    ends with the process.
    """
    box, stop = _Box[T](), Cancel()
    threading.Thread(target=_run, args=(box, work, stop), name=what, daemon=True).start()
    if not _wait(box, seconds, person):
        stop.request()
        box.done.wait(GRACE_S)
        raise DeadlinePassed(
            _why(what, seconds, person), "Verify again; 'ringfence verify --only PART' takes one part."
        )
    if box.error is not None:
        raise box.error
    return box.result[0]


def _why(what: str, seconds: float, person: Cancel) -> str:
    if person.requested:
        return f"It was interrupted before it had ended ({what})."
    return f"It did not end within {seconds:.0f} s ({what})."


def _wait(box: _Box[T], seconds: float, person: Cancel) -> bool:
    for _ in range(int(seconds / _PACE_S)):
        if box.done.wait(_PACE_S):
            return True
        if person.requested:
            return False
    return box.done.is_set()


def _run(box: _Box[T], work: Callable[[Cancel], T], stop: Cancel) -> None:
    try:
        box.result.append(work(stop))
    except BaseException as error:  # noqa: BLE001 - raised again where it is waited for
        box.error = error
    finally:
        box.done.set()
