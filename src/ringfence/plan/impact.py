# SPDX-License-Identifier: Apache-2.0
"""What a change costs the plant."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from ringfence.base.units import MiB
from ringfence.compile.document import Kind
from ringfence.compile.part.relay import PASSING

from .change import Action, Change, Impact, PartChange
from .intent import Sources

_ORDER: Mapping[Impact, int] = {impact: rank for rank, impact in enumerate(Impact)}
_RUN = {Action.CREATE: Impact.NONE, Action.UPDATE: Impact.RESTART, Action.DELETE: Impact.STOP}
# Without these the packets of a zone or a workload have nowhere to go. A table is replaced in one transaction, so
# changing one cuts nothing (nft(8), "atomic rule replacement").
_SPEAKS = frozenset({Kind.UPLINK, Kind.GUARD, Kind.CONDUIT, Kind.FRAMES, Kind.RELAY})
_CARRIES = frozenset({Kind.NAMESPACE, Kind.LINK, Kind.TABLE}) | _SPEAKS
# Parts of a link without which its packets stop: the last word of keys such as leg/mac (compile/fabric/link.py).
_ADDRESSED = frozenset({"name", "mac", "master", "up", "ipv4", "ipv6", "address", "route4", "route6"})
_RIGHTS = frozenset({"owner", "mode"})
_UNITS: Mapping[str, int] = {"MiB": MiB, "B": 1}
_CONSENT = {Action.CREATE: "stop", Action.UPDATE: "restart", Action.DELETE: "stop"}


def impact_of(change: Change) -> Impact:
    """Return what one change costs."""
    if change.kind is Kind.RUN:
        return Impact.NONE if resumes(change) else _RUN[change.action]
    if change.kind is Kind.VOLUME:
        return Impact.DATA_LOSS if loses_data(change) else Impact.NONE
    return Impact.TRAFFIC_CUT if _cuts(change) else Impact.NONE


def resumes(change: Change) -> bool:
    """Tell whether a workload is only brought back: it does not run now, but its definition is right."""
    return change.action is Action.UPDATE and all(part.key == "state" for part in change.parts)


def worst(impacts: Iterable[Impact]) -> Impact:
    """Return the heaviest impact."""
    return max(impacts, key=_ORDER.__getitem__, default=Impact.NONE)


def takes_away(change: Change) -> bool:
    """Tell whether something that passed before will not pass after the change."""
    return change.action is Action.DELETE or any(part.before is not None for part in change.parts)


def only_takes_away(change: Change) -> bool:
    """Tell whether a conduit's change closes without opening anything."""
    passing = [part for part in change.parts if part.key.startswith(PASSING)]
    return change.action is Action.DELETE or (bool(passing) and all(part.after is None for part in passing))


def loses_data(change: Change) -> bool:
    """Tell whether a volume's change may lose data: it goes, shrinks, or is made from something else."""
    if change.action is Action.UPDATE:
        return not all(_harmless(part) for part in change.parts)
    return change.action is Action.DELETE


def critical(change: Change, sources: Sources) -> bool:
    """Tell whether the change concerns an essential function without consent to interrupt it (design decision 8)."""
    facts = sources.of(change.document).facts
    consent = _CONSENT[change.action] if change.kind is Kind.RUN else "cut"
    return facts.get("critical") == "yes" and consent not in facts.get("consent", "").replace(",", " ").split()


def _cuts(change: Change) -> bool:
    if change.kind not in _CARRIES or not takes_away(change):
        return False
    if change.action is Action.DELETE or change.kind in _SPEAKS - {Kind.CONDUIT}:
        return True
    if change.kind is Kind.CONDUIT:  # other limits, or another way to the same leg, cut nothing that may go on
        return any(part.before is not None and part.after is None for part in change.parts)
    return change.kind is Kind.LINK and any(
        part.before is not None and part.key.rsplit("/", 1)[-1] in _ADDRESSED for part in change.parts
    )


def _harmless(part: PartChange) -> bool:
    if part.key in _RIGHTS:
        return True
    before, after = _bytes(part.before), _bytes(part.after)
    return part.key == "size" and before is not None and after is not None and before <= after


def _bytes(size: str | None) -> int | None:
    """Bytes of a part such as ``4096 MiB`` or ``512 B`` (compile/volume.py); None for anything else."""
    match (size or "").split():
        case [number, unit] if number.isdecimal() and unit in _UNITS:
            return int(number) * _UNITS[unit]
        case _:
            return None
