# SPDX-License-Identifier: Apache-2.0
"""Diagnostics are values: they are collected, sorted and shown together, never raised one by one."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from .addresses import Address
from .marks import Mark


class Severity(StrEnum):
    """How much a diagnostic matters. ``ERROR`` refuses the input; the others are findings, worst first."""

    ERROR = "error"
    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"
    INFO = "info"


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """What is wrong, where, and what to do about it. ``problem`` and ``fix`` are full sentences."""

    id: str
    severity: Severity
    subject: Address
    problem: str
    fix: str
    where: Mark | None = None
    clauses: tuple[str, ...] = ()

    def __str__(self) -> str:
        place = f"{self.where}: " if self.where else ""
        return f"{place}{self.severity} {self.id} {self.subject}: {self.problem} {self.fix}"
