# SPDX-License-Identifier: Apache-2.0
"""Chains and counters of a conduit whose rate is limited: what they are called, and whose they are.

``rate_poll`` holds the limits of conduit ``poll``, and is the name of its counter; ``rate_poll.control`` asks it and
goes on to the leg ``control``. Neither conduits nor legs have a dot in their names.
"""

from __future__ import annotations

from collections.abc import Mapping

REASON = "rate"
_PREFIX = f"{REASON}_"
_OWN_KINDS = frozenset({"chain", "order", "rule", "counter"})


def limit_chain(conduit: str) -> str:
    """Return the name of the chain with the limits of a conduit, and of its counter."""
    return _PREFIX + conduit.replace("-", "_")


def leg_chain(conduit: str, leg: str) -> str:
    """Return the name of the chain that a conduit's elements lead to for one leg."""
    return f"{limit_chain(conduit)}.{leg}"


def limited_conduit(name: str) -> str | None:
    """Return the conduit that a chain or a counter belongs to; None for one of the table's own."""
    return name.removeprefix(_PREFIX).partition(".")[0].replace("_", "-") if name.startswith(_PREFIX) else None


def part_owner(key: str) -> str | None:
    """Return the conduit that a part of the router's table belongs to."""
    kind, _, rest = key.partition("/")
    return limited_conduit(rest.partition("/")[0]) if kind in _OWN_KINDS else None


def own_limits(parts: Mapping[str, str]) -> dict[str, str]:
    """Return the parts of a conduit's document that are chains, rules and a counter."""
    return {key: value for key, value in parts.items() if key.partition("/")[0] in _OWN_KINDS}
