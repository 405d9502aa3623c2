# SPDX-License-Identifier: Apache-2.0
"""The namespace behind a translated uplink: what the router sends by a route comes out as the real address, and back.

Flows end at the uplink in the addresses that the router sees. Whether these lead where they seem to, and nothing else
does, is asked of the namespace's own table (nft(8), NAT STATEMENTS; the first packet decides for a connection).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from ipaddress import ip_address, ip_interface
from typing import Final

from ringfence.compile.document import Document, Kind
from ringfence.proof import field as fields
from ringfence.proof.box import Box
from ringfence.proof.evaluate import Passed, passed
from ringfence.proof.flow import Door, Place
from ringfence.proof.literal import literal
from ringfence.proof.region import Region
from ringfence.proof.ruleset import Ruleset, read
from ringfence.proof.values import Values, common, exactly, joined, without

_OUTER: Final = exactly(fields.named("wire"))
_INNER: Final = exactly(fields.named("router"))
_PREFIXES: Final = ("nat/", "inner/", "wire/", "space/")
_KIND: Final = "translation"


def is_translated(document: Document) -> bool:
    """Tell whether an uplink has a namespace of its own; what it says of itself is not asked alone."""
    if document.kind is not Kind.UPLINK:
        return False
    return document.parts.get("source") == "translated" or any(one.startswith(_PREFIXES) for one in document.parts)


@dataclass
class Translator:
    """One namespace, as an uplink's document has it."""

    document: Document
    rules: Ruleset = field(init=False)

    def __post_init__(self) -> None:
        self.rules = read([self.document], "nat/")

    @property
    def parts(self) -> Mapping[str, str]:
        """Return the document's parts."""
        return self.document.parts

    @cached_property
    def ways(self) -> dict[str, Values]:
        """Return what the router sends here, by route, with the addresses behind the translation."""
        routes = [one.removeprefix("route/") for one in self.parts if one.startswith("route/")]
        return {one: self._behind(literal(one)) for one in routes if ":" not in one}

    def _behind(self, seen: Values) -> Values:
        return joined(span for one in self._arriving(seen) for span in one.at(fields.TARGET4))

    def _arriving(self, seen: Values) -> list[Box]:
        """Return what becomes of packets to addresses that the router sees, before it is known where they go."""
        start = {**_FROM_ROUTER, fields.TARGET4: seen}
        return _boxes(passed(self.rules, "prerouting", [Region(Box(start))]))

    def doors(self) -> Iterator[Door]:
        """Yield what is open that has to be shut, and what is shut that the uplink is for."""
        for key, why in (
            *self._tells(),
            *self._itself(),
            *self._routes(),
            *self._turned(),
            *self._sources(),
            *self._neighbours(),
        ):
            what = f"{key} does not hold: {why}"
            name = "/".join(self.document.address.split("/")[3:])
            yield Door(_KIND, name, "fabric", what, Place(self.document.address, key))

    def _tells(self) -> Iterator[tuple[str, str]]:
        if self.parts.get("source") != "translated":
            yield "source", "it does not say that it translates"
        if not self.parts.get("nat/table", "").startswith("ip "):
            yield "nat/table", "packets of IPv4 are not translated"
        for key in ("namespace", "wire/source", "wire/take"):
            if not self.parts.get(key):
                yield key, "nobody says where it is"

    def _itself(self) -> Iterator[tuple[str, str]]:
        """Yield what may talk to the translator itself, and what it may say: nothing has to."""
        for hook in ("input", "output"):
            if _boxes(passed(self.rules, hook, [Region(_WHOLE)])):
                yield f"nat/chain/{hook}", "the translator itself can be spoken to, or speaks"

    def _routes(self) -> Iterator[tuple[str, str]]:
        """Yield routes whose packets do not come out in one single place each, and what comes out beside them."""
        known: Values = ()
        for route, real in self.ways.items():
            seen, key = literal(route), f"route/{route}"
            if _count(real) != _count(seen) or common(known, real):
                yield key, "its addresses do not lead to as many real ones"
            known = joined((*known, *real))
            if without(real, self._near()):
                yield key, "its real addresses are not on the plant's side"
            if not self._goes_out(seen):
                yield key, "what is sent to it does not come out, or comes out untranslated"
            if real and not self._comes_back(real, seen):
                yield key, "what it answers comes in as somebody else"
        routed = joined(span for one in self.ways for span in literal(one))
        if any(_boxes(self._forward(one)) for one in self._arriving(without(((0, 0xFFFFFFFF),), routed))):
            yield "nat/chain/forward", "what no route names comes out"

    def _near(self) -> Values:
        """Return the addresses of the plant's network; it has no routes beyond."""
        nets = self.parts.get("wire/ipv4", "").split()
        return joined(span for one in nets for span in literal(str(ip_interface(one).network)))

    def _turned(self) -> Iterator[tuple[str, str]]:
        """Yield a side whose packets may go back out where they came in: the plant would reach itself by us."""
        for side in (_OUTER, _INNER):
            start = Box({**_NEW, fields.IIF: side, fields.TRANSLATED: exactly(0)})
            arriving = _boxes(passed(self.rules, "prerouting", [Region(start)]))
            if any(_boxes(passed(self.rules, "forward", [Region(one.given(fields.OIF, side))])) for one in arriving):
                yield "nat/chain/forward", "packets go back to the side that they came from"

    def _goes_out(self, seen: Values) -> bool:
        """Tell whether all packets to some addresses are translated and get out."""
        arriving = self._arriving(seen)
        out = [found for one in arriving for found in _boxes(self._forward(one))]
        known = exactly(1)
        return bool(arriving) and out != [] and all(
            one.at(fields.TRANSLATED) == known and any(one.within(found) for found in map(_free_of_way, out))
            for one in map(_free_of_way, arriving)
        )  # fmt: skip

    def _forward(self, box: Box) -> Iterator[Passed]:
        return passed(self.rules, "forward", [Region(box.given(fields.OIF, _OUTER))])

    def _comes_back(self, real: Values, seen: Values) -> bool:
        """Tell whether packets from real addresses reach the router, and as the ones that it sees."""
        start = Box({**_FROM_PLANT, fields.SOURCE4: real})
        through = _boxes(passed(self.rules, "forward", [Region(start)]))
        left = [one for box in through for one in _boxes(passed(self.rules, "postrouting", [Region(box)]))]
        return joined(span for one in left for span in one.at(fields.SOURCE4)) == seen

    def _sources(self) -> Iterator[tuple[str, str]]:
        """Yield an address of ours that the plant would see: only that of the interface itself is known there."""
        own = self.parts.get("wire/ipv4", "").split()
        start = Box({**_FROM_ROUTER, fields.OIF: _OUTER, fields.TRANSLATED: exactly(1)})
        shown = _boxes(passed(self.rules, "postrouting", [Region(start)]))
        addresses = joined(span for one in shown for span in one.at(fields.SOURCE4))
        wanted = exactly(*(int(ip_interface(one).ip) for one in own)) if own else ((0, 0xFFFFFFFF),)
        if not addresses or common(addresses, wanted) != addresses:
            yield "nat/chain/leaving", "the plant sees addresses that are not the interface's own"

    def _neighbours(self) -> Iterator[tuple[str, str]]:
        """Yield what of the pair between router and namespace does not fit: neither side could find the other."""
        for mine, other, side in (("", "inner/", "neighbour"), ("inner/", "", "inner/neighbour")):
            hop, _, mac = self.parts.get(f"{mine}neighbour", "").partition(" ")
            has = [one.partition("/")[0] for one in self.parts.get(f"{other}ipv6", "").split()]
            if not hop or hop not in has or mac != self.parts.get(f"{other}mac", ""):
                yield side, "the other side of the pair is not found"
        for key, way in self.parts.items():
            side = "inner/" if key == "inner/default" else ""
            if (side or key.startswith("route/")) and not self._leads(side, way):
                yield key, "it leads to nobody"
        if "inner/default" not in self.parts:
            yield "inner/default", "answers have no way back"

    def _leads(self, side: str, way: str) -> bool:
        hop = self.parts.get(f"{side}neighbour", "").partition(" ")[0]
        return bool(hop) and way == f"via inet{ip_address(hop).version} {hop}".replace("inet4", "inet")


_WHOLE: Final = Box({fields.PROTOCOL: exactly(fields.IP4), fields.LATER: exactly(0)})
_NEW: Final = {**_WHOLE.limits, fields.STATE: exactly(fields.NEW), fields.DIRECTION: exactly(fields.ORIGINAL)}
_FROM_ROUTER: Final = {**_NEW, fields.IIF: _INNER, fields.TRANSLATED: exactly(0)}
_FROM_PLANT: Final = {**_NEW, fields.IIF: _OUTER, fields.OIF: _INNER, fields.TRANSLATED: exactly(0)}


def _boxes(found: Iterator[Passed]) -> list[Box]:
    return [box for one in found for box in one.region.boxes()]


def _free_of_way(box: Box) -> Box:
    return box.free(fields.IIF, fields.OIF)


def _count(values: Values) -> int:
    return sum(last - first + 1 for first, last in values)
