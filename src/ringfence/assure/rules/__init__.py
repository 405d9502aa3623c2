# SPDX-License-Identifier: Apache-2.0
"""All design rules, one file per noun, in the order of their ids."""

from __future__ import annotations

from ringfence.assure.rule import Rule

from . import (
    acceleration,
    beside,
    capacity,
    conduits,
    devices,
    exceptions,
    frames,
    functions,
    groups,
    hosts,
    legs,
    levels,
    paperwork,
    placing,
    plant,
    protocols,
    rates,
    routes,
    security,
    sharing,
    support,
    uplinks,
    usage,
    ways,
    workloads,
    zones,
)

_FILES = (
    acceleration,
    beside,
    capacity,
    conduits,
    devices,
    exceptions,
    frames,
    functions,
    groups,
    hosts,
    legs,
    levels,
    paperwork,
    placing,
    plant,
    protocols,
    rates,
    routes,
    security,
    sharing,
    support,
    uplinks,
    usage,
    ways,
    workloads,
    zones,
)

RULES: tuple[Rule, ...] = tuple(
    sorted(
        (made for file in _FILES for made in vars(file).values() if isinstance(made, Rule)),
        key=lambda made: made.id,
    )
)
