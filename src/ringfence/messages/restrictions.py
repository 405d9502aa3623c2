# SPDX-License-Identifier: Apache-2.0
"""What people closed or suspended in an emergency, and what came of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from .plan import PlanFlow
from .standing import RestrictionLine

Reach = Literal["done", "kernel", "partly"]
"""How far it came. ``done``: it holds, also after a reboot. ``kernel``: packets stop, but another job holds the site,
and the boot files are not written yet. ``partly``: some of it failed."""


@dataclass(frozen=True, slots=True)
class EssentialLoss:
    """Somebody with an essential function (IEC 62443-3-3 clause 4.2) who lost conversations, by conduit."""

    subject: str
    function: str
    conduits: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class RestrictionReport:
    """Result of ``island``, ``cut`` and ``hold``.

    ``ended`` are the conversations that this restriction closes, ``dormant`` the conduits that cannot be granted
    meanwhile, ``elsewhere`` the closed conduit's conversations that another conduit allows as well. ``inside`` is who
    stays together on an island. ``again``: it stood already.
    """

    site: str
    restriction: RestrictionLine
    again: bool
    reach: Reach
    ended: tuple[PlanFlow, ...]
    dormant: tuple[str, ...]
    elsewhere: tuple[PlanFlow, ...]
    inside: tuple[str, ...]
    essential: tuple[EssentialLoss, ...]
    seconds: float
    undo: str
    problem: str | None = None
    next_step: str | None = None


@dataclass(frozen=True, slots=True)
class ReleaseReport:
    """Result of ``release NAME``: what opened again, and what still stands. It stands on while ``reach`` is no done."""

    site: str
    restriction: RestrictionLine
    reach: Reach
    opened: tuple[PlanFlow, ...]
    standing: tuple[RestrictionLine, ...]
    problem: str | None = None
    next_step: str | None = None


@dataclass(frozen=True, slots=True)
class RestrictionList:
    """Result of ``release`` without a name: what stands, oldest first."""

    site: str
    restrictions: tuple[RestrictionLine, ...]
