# SPDX-License-Identifier: Apache-2.0
"""What ``nft monitor trace`` prints becomes hops. It prints text even when it is asked for JSON (nft 1.0.6, 1.1.3)."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ringfence.facts.trace import Hop

_LINE = re.compile(r"trace id (?P<id>\S+) (?P<family>\S+) (?P<table>\S+) (?P<chain>\S+) (?P<rest>.*?)\s*$")
_RULE = re.compile(r'rule (?P<text>.*?)(?: comment "(?P<slug>[^"]*)")? \(verdict (?P<verdict>[^()]*)\)$')
_END = re.compile(r"(?:policy|verdict) (?P<verdict>\S.*)$")
_UNKNOWN = re.compile(r"unknown rule handle \d+ \(verdict (?P<verdict>[^()]*)\)$")


def hop(line: str) -> tuple[str, Hop | None] | None:
    """Return a line's trace id and hop; no hop where it only shows the packet, None where it is no trace."""
    found = _LINE.match(line)
    if found is None:
        return None
    place = found["family"], found["table"], found["chain"]
    rule = _RULE.match(found["rest"])
    if rule is not None:
        return found["id"], Hop(*place, rule["slug"] or "", rule["text"], rule["verdict"].strip())
    end = _END.match(found["rest"]) or _UNKNOWN.match(found["rest"])
    return found["id"], Hop(*place, "", "", end["verdict"].strip()) if end else None


def hops(text: str, table: str) -> Iterator[Hop]:
    """Yield the hops of the first packet in a text that ``table`` has marked, without those in that table."""
    wanted = ""
    for line in text.splitlines():
        found = hop(line)
        if found is None:
            continue
        name, one = found
        if not wanted and f" {table} " in line:
            wanted = name
        if one is not None and name == wanted and one.table != table:
            yield one
