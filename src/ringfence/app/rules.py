# SPDX-License-Identifier: Apache-2.0
"""Use case: what the design rules are."""

from __future__ import annotations

from ringfence.assure.catalogue import entries
from ringfence.base.errors import BadInput
from ringfence.messages.rules import RuleLine, RuleList


def rules(names: tuple[str, ...] = ()) -> RuleList:
    """Return all rules, or the named ones. Raises BadInput when there is no such rule."""
    known = {
        one.id: RuleLine(one.id, one.group, str(one.severity), one.title, one.rationale, one.fix, one.clauses)
        for one in entries()
    }
    wanted = [name.upper() for name in names]
    unknown = [name for name in wanted if name not in known]
    if unknown:
        raise BadInput(f"There is no rule {', '.join(unknown)}.", "List them with 'ringfence rules'.")
    return RuleList(tuple(known[name] for name in wanted or known))
