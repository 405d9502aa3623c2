# SPDX-License-Identifier: Apache-2.0
"""The design rules."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class RuleLine:
    """One rule: what it finds, why that matters, and what to do."""

    id: str
    group: str
    severity: str
    title: str
    rationale: str
    fix: str
    clauses: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class RuleList:
    """Rules in the order of their ids."""

    rules: tuple[RuleLine, ...]
