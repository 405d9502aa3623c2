# SPDX-License-Identifier: Apache-2.0
"""The last word of a verification, as status tells it."""

from __future__ import annotations

from datetime import datetime

from ringfence.cli.columns import Cell
from ringfence.cli.paint import Paint
from ringfence.messages.status import SiteStatus
from ringfence.messages.verification import LastVerified

from .verification import VERDICTS, ago
from .words import listed, wrapped


def verified_cell(last: LastVerified | None, now: datetime) -> Cell:
    """Return ``proven 2 h ago``; at another revision than the running one it says at which."""
    if last is None:
        return Cell("?")
    _, word, styles = VERDICTS[last.verdict]
    if last.at is None:
        return Cell(word, styles)
    older = "" if last.current else f", revision {last.revision}"
    return Cell(f"{word} {ago(last.at, now)}{older}", styles if last.current else ("yellow",))


def verified_lines(status: SiteStatus, paint: Paint) -> list[str]:
    """Return what has to be done about verdicts, and the host's own; nothing where all is proven and of today."""
    words = [one.verified for one in status.workloads]
    known = [one for one in (*words, status.host_verified) if one is not None]
    lines = [*_host(status, paint), *_steps(status, known)]
    return ["", *lines] if lines else []


def _host(status: SiteStatus, paint: Paint) -> list[str]:
    last = status.host_verified
    if last is None or last.verdict in {"never", "proven"}:
        return []
    cell = verified_cell(last, status.at)
    return [f"The host itself, as the zone that it is: {paint(cell.text, *cell.styles)}."]


def _steps(status: SiteStatus, known: list[LastVerified]) -> list[str]:
    if not known or not status.revision:
        return []
    if all(one.at is None for one in known):
        return wrapped("What runs was never verified: 'ringfence verify' does.")
    if any(not one.current for one in known):
        older = sorted({one.revision for one in known if one.at is not None and not one.current})
        at = f"revision {listed([str(one) for one in older])}" if older else "fewer workloads"
        return wrapped(f"The last verification is older than what runs ({at}): 'ringfence verify' looks again.")
    missing = sorted({part for one in known for part in one.never})
    if missing:
        return wrapped(f"Never looked at: {listed(missing)}. 'ringfence verify' runs all parts.")
    if any(one.verdict != "proven" for one in known):
        return wrapped("'ringfence verify' tells what is not as declared.")
    return []
