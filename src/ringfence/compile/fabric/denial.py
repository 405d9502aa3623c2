# SPDX-License-Identifier: Apache-2.0
"""Where denied packets end: counted by reason, a few of them told to whoever listens, then dropped."""

from __future__ import annotations

from collections.abc import Iterable

from ringfence.compile.nft.table import Chain, Rule

LOG_GROUP = 5
"""nflog group of denied packets (the kernel log is off inside namespaces)."""


def denials(reasons: Iterable[str]) -> tuple[Chain, ...]:
    """Return a chain ``deny_REASON`` for each reason, which is also the name of its counter."""
    return tuple(Chain(f"deny_{reason}", _end(reason)) for reason in reasons)


def _end(reason: str) -> tuple[Rule, ...]:
    log = f'limit rate 20/second burst 20 packets log prefix "ringfence {reason} " group {LOG_GROUP}'
    return Rule("count", f'counter name "{reason}"'), Rule("tell", log), Rule("drop", "drop")
