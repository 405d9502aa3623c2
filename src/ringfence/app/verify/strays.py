# SPDX-License-Identifier: Apache-2.0
"""What the last verification found possible between two ends although nothing declares it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from ringfence.app.session import Session
from ringfence.base.errors import RingfenceError
from ringfence.messages.site_map import MapStray

from .outcome import PACKETS, PROOF

_LOOKED_AT = 100


def possible(session: Session, running: int) -> tuple[MapStray, ...]:
    """Return the flows that the last proof and the last packets found; none where that cannot be read.

    What they found at another revision than the ``running`` one says nothing about now: the verdicts tell its age.
    """
    try:
        messages = {part: one for part, one in _last(session) if one["revision"] == running}
    except RingfenceError:
        return ()
    return tuple(stray for part, message in messages.items() for stray in _strays(part, message))


def _last(session: Session) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield the last verification in which each of the two parts ran."""
    kept = session.store.verifications.summaries(_LOOKED_AT)
    for part in (PROOF, PACKETS):
        number = next((one.number for one in kept if part in one.parts), None)
        if number is not None:
            yield part, json.loads(session.store.verifications.message(number))


def _is_end(end: str) -> bool:
    """Tell whether an end is one of the plant's: a door of a table of rules has a place, and no ends."""
    return end in {"host", "router"} or end.partition("/")[0] in {"workload", "asset", "uplink", "wire"}


def _strays(part: str, message: dict[str, Any]) -> Iterator[MapStray]:
    for one in (found for each in message["parts"] if each["name"] == part for found in each["findings"]):
        source, target, what = one["flow"] or ("", "", "")
        if _is_end(source) and _is_end(target):
            seen = f"Found by the {part} of {message['at'][:16]}, revision {message['revision']}: {one['sentence']}"
            yield MapStray(source, target, what, "undeclared" if one["verdict"] == "wrong" else "unproven", seen)
