# SPDX-License-Identifier: Apache-2.0
"""Who may have a packet, by claims or by flows: a point against boxes."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from ringfence.proof.box import Box
from ringfence.proof.field import CAST, ETHER_SOURCE, ETHER_TARGET, IIF, MARK, OIF, RAW, RAW_BITS, TAG, TARGET4, TARGET6
from ringfence.proof.flow import Claim, Flow
from ringfence.proof.region import Region
from ringfence.proof.values import exactly

from .end import End
from .trial import Point, Sample, Trial

_INNER = frozenset({IIF, OIF, MARK, CAST})
"""Fields that a packet has on its way alone."""
_FEW = 64
"""So many single addresses of one claim are looked up by themselves."""


@dataclass(frozen=True, slots=True)
class Permit:
    """What a claim or a flow lets pass from one end to another."""

    owner: str
    target: str
    region: Region
    optional: bool

    def holds(self, point: Point, header: bytes) -> bool:
        """Tell whether a packet is in it."""
        if not all(_within(point, header, name, values) for name, values in self.region.box.limits.items()):
            return False
        if not self.region.holes:
            return True
        box = Box({name: exactly(value) for name, value in point.items()})
        return not any(any(True for _ in hole.hits(box)) for hole in self.region.holes)


@dataclass(slots=True)
class Expected:
    """Permits by source, and there by the address that they lead to."""

    by_address: dict[str, dict[int, list[Permit]]] = field(default_factory=lambda: defaultdict(dict))
    others: dict[str, list[Permit]] = field(default_factory=lambda: defaultdict(list))
    targets: set[str] = field(default_factory=set)
    """Kinds of ends that anything leads to: only of these it is said at all who may reach them."""

    def add(self, source: str, permit: Permit) -> None:
        """Take a permit in."""
        self.targets.add(permit.target.partition("/")[0])
        addresses = _addresses(permit.region.box)
        if not addresses:
            self.others[source].append(permit)
        for one in addresses:
            self.by_address[source].setdefault(one, []).append(permit)

    def of(self, source: str, point: Point, header: bytes) -> Iterator[Permit]:
        """Yield the permits that hold a packet."""
        target = point.get(TARGET4, point.get(TARGET6))
        near = self.by_address.get(source, {}).get(target, []) if target is not None else []
        yield from (one for one in (*near, *self.others.get(source, ())) if one.holds(point, header))

    def trial(self, sample: Sample, end: End | None = None) -> Trial:
        """Return what is expected of a sample from an end; None for what the router says itself."""
        points = (sample.point, *sample.also)
        found = [one for point in points for one in self.of(sample.source, point, sample.header)]
        if end is not None and _is_forged(sample, end):
            found = [one for one in found if ETHER_SOURCE in one.region.box.limits]
        if sample.point.get(TAG):  # a box without tags means frames without
            found = [one for one in found if TAG in one.region.box.limits]
        near = end.near if end else ""
        must = frozenset(one.target for one in found if not one.optional and _is_for(sample, one.target, near))
        shared = must if len(_ports(must)) > 1 and not _is_group(sample) else frozenset[str]()
        back = [one for end in {one.target for one in found} for one in self._back(end, sample)]
        return Trial(
            sample,
            {one.target: one.owner for one in found},
            must - _ports(shared),
            _ports(shared),
            {one.target: one.owner for one in back},
            any(not one.optional for one in back) and bool(must),
        )

    def _back(self, end: str, sample: Sample) -> Iterator[Permit]:
        if sample.back is not None:
            yield from self.of(end, sample.back, b"")


def by_claims(claims: Iterable[Claim]) -> Expected:
    """Return who may have what by what is declared."""
    found = Expected()
    for one in claims:
        found.add(one.source, Permit(one.owner, one.target, Region(one.box), one.optional))
    return found


def by_flows(flows: Iterable[Flow]) -> Expected:
    """Return who may have what by the proof."""
    found = Expected()
    for one in flows:
        owner = str(one.path[-1]) if one.path else "the proof"
        found.add(one.source, Permit(owner, one.target, one.region, optional=False))
    return found


def _ports(ends: frozenset[str]) -> frozenset[str]:
    return frozenset(one for one in ends if one.startswith("workload/"))


def _is_forged(sample: Sample, end: End) -> bool:
    """Tell whether a guest sends as somebody else: a box without MACs means the guest's own."""
    own = int(end.mac.replace(":", ""), 16)
    return end.name.startswith("workload/") and sample.point.get(ETHER_SOURCE) != own


def _is_group(sample: Sample) -> bool:
    return bool(sample.point.get(ETHER_TARGET, 0) >> 40 & 1)


def _is_for(sample: Sample, target: str, near: str) -> bool:
    """Tell whether a frame is for the router's leg at all, where one is asked for: bridges look at nothing else."""
    mine = {int(near.replace(":", ""), 16)} if near else set()
    return not target.startswith("leg/") or _is_group(sample) or sample.point.get(ETHER_TARGET) in mine


def _within(point: Point, header: bytes, name: str, values: tuple[tuple[int, int], ...]) -> bool:
    if name in _INNER:
        return True
    value = point.get(name)
    if value is None and name.startswith(RAW) and header:
        begin = int(name.removeprefix(RAW)) // 8
        value = int.from_bytes(header[begin : begin + RAW_BITS // 8].ljust(RAW_BITS // 8, b"\0"), "big")
    return value is not None and any(first <= value <= last for first, last in values)


def _addresses(box: Box) -> list[int]:
    """Return the single addresses that a box leads to; none where it leads to ranges, or says nothing of them."""
    spans = box.limits.get(TARGET4) or box.limits.get(TARGET6) or ()
    single = all(first == last for first, last in spans)
    return [first for first, _ in spans] if single and len(spans) <= _FEW else []
