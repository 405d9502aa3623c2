# SPDX-License-Identifier: Apache-2.0
"""Why a mutant of the water works changes nothing that the proof speaks of. The first pattern that fits counts.

``reasons.txt`` has a pattern and below it the reason. A pattern excuses nothing by itself: the mutants that are let go
are listed by name in a golden file, so one that the proof loses shows in its diff, whatever reason would cover it.
"""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

_FILE = Path(__file__).with_name("reasons.txt")


@cache
def reasons() -> tuple[tuple[re.Pattern[str], str], ...]:
    lines = _FILE.read_text(encoding="utf-8").splitlines()
    return tuple((re.compile(pattern), why.strip()) for pattern, why in zip(lines[::2], lines[1::2], strict=True))


def reason(name: str) -> str:
    """Return why a mutant changes nothing; nothing where nobody wrote why."""
    return next((why for pattern, why in reasons() if pattern.fullmatch(name)), "")
