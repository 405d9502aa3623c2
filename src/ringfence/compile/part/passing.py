# SPDX-License-Identifier: Apache-2.0
"""Tables that last as long as a command. Their name says which process holds them: it is no drift while that lives.

nft's own ``owner`` flag would do the same in the kernel; but nft 1.0.6 cuts its JSON off where a table has that flag
(it looks for the flag's name in the wrong place), and nobody could list the ruleset while a zone is watched.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

_NAME = re.compile(r"\bringfence_(?:trace|learn)_(\d+)_(\d+)\b")


def passing_table(purpose: str, process: int, born: int) -> str:
    """Return the table's name: ``ringfence_trace_4711_123456``. ``born`` is when the process began, in clock ticks."""
    return f"ringfence_{purpose}_{process}_{born}"


def passing_tables(text: str) -> Iterator[tuple[str, int, int]]:
    """Yield the names of such tables in a text, with process and birth of each."""
    for name in sorted({found[0] for found in _NAME.finditer(text)}):
        _, _, process, born = name.split("_")
        yield name, int(process), int(born)
