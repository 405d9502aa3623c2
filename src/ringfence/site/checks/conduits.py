# SPDX-License-Identifier: Apache-2.0
"""Conduits in themselves: what excludes each other, what stands twice."""

from __future__ import annotations

from collections.abc import Sequence

from ringfence.site import place
from ringfence.site.codes import Code
from ringfence.site.declared.conduit import ConduitForm
from ringfence.site.declared.site import SiteForm
from ringfence.site.problems import Problems
from ringfence.site.tree import Path


def check_conduits(form: SiteForm, problems: Problems) -> None:
    """Add what is wrong with each conduit alone to ``problems``."""
    for name, conduit in form.conduits.items():
        _kind(name, conduit, problems)
        _expiry(name, conduit, problems)
        _rate(name, conduit, problems)
        for field, ends in (("from", conduit.from_), ("to", conduit.to)):
            _twice(("conduits", name, field), [str(end) for end in ends], problems)
        named = [use.name for use in conduit.service or () if use.name is not None]
        _twice(("conduits", name, "service"), named, problems)
        _to_itself(name, conduit, problems)


def _kind(name: str, conduit: ConduitForm, problems: Problems) -> None:
    path: Path = ("conduits", name)
    if conduit.service is not None and conduit.layer2 is not None:
        fix = "Make two conduits of it: frames and packets are let through at different places."
        problems.add(Code.CONTRADICTION, (*path, "layer2"), "'service' and 'layer2' stand here together.", fix)
    elif conduit.service is None and conduit.layer2 is None:
        if any(problems.is_broken((*path, field)) for field in ("service", "layer2")):
            return
        fix = "Add 'service:', such as 'service: modbus' or 'service: tcp/8080'."
        problems.add(Code.MISSING, path, "The conduit does not say what may pass.", fix, key=True)


def _expiry(name: str, conduit: ConduitForm, problems: Problems) -> None:
    path: Path = ("conduits", name)
    never = conduit.expires is None and not problems.is_broken((*path, "expires"))
    if conduit.on_expiry == "close" and never:
        fix = "Add 'expires:' with the last day, or remove 'on_expiry'."
        problems.add(Code.CONTRADICTION, (*path, "on_expiry"), "The conduit is to close, but never expires.", fix)


def _rate(name: str, conduit: ConduitForm, problems: Problems) -> None:
    if conduit.rate is not None and conduit.layer2 is not None:
        fix = "Remove 'rate:'; frames are let through by the bridge, which does not count them by time."
        problems.add(Code.CONTRADICTION, ("conduits", name, "rate"), "A layer-2 conduit has no rate.", fix)


def _twice(path: Path, values: Sequence[str], problems: Problems) -> None:
    seen: set[str] = set()
    for index, value in enumerate(values):
        if value in seen:
            where = place.member(problems.tree, path, index)
            problems.add(Code.DUPLICATE, where, f"'{value}' stands here twice.", "Remove one of the two.")
        seen.add(value)


def _to_itself(name: str, conduit: ConduitForm, problems: Problems) -> None:
    """Refuse a conduit from one machine to itself; one from a zone to itself opens the zone."""
    only = conduit.to[0]
    if conduit.from_ == conduit.to and len(conduit.to) == 1 and only.kind == "workload":
        problem = f"The conduit leads from '{only}' to itself."
        problems.add(Code.CONTRADICTION, ("conduits", name, "to"), problem, "Name who answers.")
