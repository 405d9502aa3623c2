# SPDX-License-Identifier: Apache-2.0
"""How ``prove`` goes."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from ringfence.app.opening import open_wanted
from ringfence.app.proving import draw_matrix, explain, matrix, prove

from .exits import ASKED, FINE, REFUSED
from .root import place_for_root
from .say import answer
from .settings import Settings
from .show.matrix import matrix_lines
from .show.proof import proof_lines
from .show.reason import reason_lines
from .which import which

_STATUS = {"proven": FINE, "wrong": ASKED, "unproven": REFUSED}


@dataclass(frozen=True, slots=True)
class Options:
    """What the person wants to have proven, or to know."""

    site: Path | None
    loaded: bool
    why: tuple[str, str, str] | None
    matrix: bool
    svg: Path | None
    verbose: bool


def prove_job(settings: Settings, options: Options) -> int:
    """Prove, or answer a question from the proof, and return the exit status."""
    with open_wanted(place_for_root("look at what runs here"), which(settings, options.site)) as (session, file):
        if options.why:
            reason = explain(session, file, options.why, as_loaded=options.loaded)
            answer(settings, reason, reason_lines(reason, settings.paint, verbose=options.verbose))
            return _STATUS[reason.verdict] if reason.passes or reason.verdict == "unproven" else ASKED
        if options.matrix or options.svg:
            found = matrix(session, file, as_loaded=options.loaded)
            if options.svg:
                draw_matrix(found, options.svg)
            answer(settings, found, matrix_lines(found, settings.paint, options.svg))
            return _STATUS[found.verdict]
        report = prove(session, file, as_loaded=options.loaded)
    answer(settings, report, proof_lines(report, settings.paint, verbose=options.verbose))
    return _STATUS[report.verdict]
