# SPDX-License-Identifier: Apache-2.0
"""Which packets a hook lets pass: all base chains of a hook have to accept, in the order of their priorities.

Exact for what a rule can be said to match. A limit may match and may not: what passes now and then, passes. A rule
that nobody understands is taken as not matching, and the ruleset says so (``Ruleset.unread``): what is proven with it
does not count. Verdicts are those of nf_tables (nft(8), VERDICT STATEMENTS): at the end of a chain that was gone to,
the packet goes on behind the jump before; at the end of a base chain its policy decides.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import NamedTuple

from .box import Box, Limits
from .depth import DEEPEST
from .flow import Place
from .region import Region
from .rule import Asked, Read
from .ruleset import Chain, Rule, Ruleset
from .step import Among, hits


class Copy(NamedTuple):
    """A copy that a rule sent to an address, as the packet was then."""

    region: Region
    member: str
    place: Place


@dataclass(frozen=True, slots=True)
class Passed:
    """What a hook accepts, by which rules and elements it got there, and the copies made on the way."""

    region: Region
    path: tuple[Place, ...] = ()
    copies: tuple[Copy, ...] = ()


class _At(NamedTuple):
    """A region on its way through a chain."""

    region: Region
    path: tuple[Place, ...]
    copies: tuple[Copy, ...]


@dataclass(frozen=True, slots=True)
class _Taken:
    """What a rule took out of a region that goes on behind it."""

    read: Read
    ruleset: Ruleset

    @property
    def needs(self) -> Limits:
        """What a packet must be at least for the rule to take it."""
        return self.read.needs

    def hits(self, box: Box) -> list[Box]:
        """Return the parts of a box that the rule takes."""
        matched = _matched(self.read, box, self.ruleset)
        if self.read.asked is None:
            return matched
        return [part for one in matched for part, _, _ in _answers(self.read.asked, one, self.ruleset)]


def passed(ruleset: Ruleset, hook: str, regions: Iterable[Region]) -> Iterator[Passed]:
    """Yield what a hook lets pass of regions. What nothing is left of may be among it: see ``Region.boxes``.

    Fields of a region may be left free where they are not known yet, such as OIF before the route: what comes out is
    narrowed to what the rules ask, and can be compared with the route then, which is faster than a run for each leg.
    """
    for start in regions:
        yield from _hook(ruleset, hook, start, [])


def copied(ruleset: Ruleset, hook: str, regions: Iterable[Region]) -> Iterator[Copy]:
    """Yield the copies that a hook's rules make, whether the packets themselves pass or not."""
    for start in regions:
        made: list[Copy] = []
        for _ in _hook(ruleset, hook, start, made):
            pass
        yield from made


@dataclass(frozen=True, slots=True)
class Walked:
    """What became of one packet at a hook: ``path`` has the rules and elements that decided, in order."""

    accepted: bool
    path: tuple[Place, ...]
    packet: Box


def walk(ruleset: Ruleset, hook: str, packet: Box) -> Walked:
    """Return what becomes of one packet; each field that a rule looks at holds a single number.

    Limits count as not reached: a packet that may pass, passes.
    """
    path: tuple[Place, ...] = ()
    for chain in ruleset.base(hook):
        run = _Run(ruleset, [])
        ended = [
            _At(one.region, (*one.path, chain.place), ()) for one in run.chain(chain, _At(Region(packet), path, ()))
        ]
        through = [*run.accepted, *(ended if chain.policy == "accept" else ())]
        if not through:
            lost = (*run.dropped, *ended)
            return Walked(accepted=False, path=lost[0].path if lost else path, packet=packet)
        packet, path = through[0].region.box, through[0].path
    return Walked(accepted=True, path=path, packet=packet)


def _hook(ruleset: Ruleset, hook: str, start: Region, made: list[Copy]) -> Iterator[Passed]:
    now = [_At(start, (), ())]
    for chain in ruleset.base(hook):
        run = _Run(ruleset, made)
        for one in now:
            left = run.chain(chain, one)
            if chain.policy == "accept":
                run.accepted += left
        now = run.accepted
    for region, path, copies in now:
        yield Passed(region, path, copies)


class _Run:
    """One base chain's way through a ruleset."""

    def __init__(self, ruleset: Ruleset, made: list[Copy]) -> None:
        self.ruleset = ruleset
        self.accepted: list[_At] = []
        self.dropped: list[_At] = []
        self.made = made
        self.depth = 0

    def chain(self, chain: Chain, start: _At) -> list[_At]:
        """Run a chain; return what comes out at its end without a verdict."""
        now: list[_At] = [start]
        out: list[_At] = []
        for rule, read in chain.active:
            needs = read.needs
            after: list[_At] = []
            for one in now:
                if one.region.box.touches(needs):
                    self._rule(rule, read, one, after, out)
                else:
                    after.append(one)
            now = after
            if not now:
                break
        return out + now

    def _rule(self, rule: Rule, read: Read, at: _At, after: list[_At], out: list[_At]) -> None:
        """Put what goes on to the next rule into ``after``, and what leaves the chain undecided into ``out``."""
        for region in self._settled(at.region, read):
            box, here = region.box, _At(region, at.path, at.copies)
            matched = _matched(read, box, self.ruleset)
            taken = matched
            if read.asked is None:
                for part in matched:
                    self._act(rule, read, here, part, after, out)
            elif matched:
                taken = self._ask(rule, read.asked, here, matched, after, out)
            self._rest(read, here, taken, after)

    def _settled(self, region: Region, read: Read) -> list[Region]:
        """Cut holes out before a field changes: a hole speaks of the packet as it came."""
        return [Region(box) for box in region.boxes()] if read.changes and region.holes else [region]

    def _rest(self, read: Read, at: _At, taken: list[Box], after: list[_At]) -> None:
        """Let go on what the rule did not take."""
        box = at.region.box
        if not taken or read.chance:
            after.append(at)
        elif (inside := _known_inside(read)) is not None:
            within = inside.on(box, self.ruleset.lookups)
            after.extend(_At(Region(part, at.region.holes), at.path, at.copies) for part in within)
        elif len(taken) > 1 or (taken[0] is not box and taken[0] != box):
            after.append(_At(Region(box, (*at.region.holes, _Taken(read, self.ruleset))), at.path, at.copies))

    def _ask(
        self, rule: Rule, asked: Asked, at: _At, matched: list[Box], after: list[_At], out: list[_At]
    ) -> list[Box]:
        """Go where a map says, and return what it says anything about."""
        taken = []
        for one in matched:
            for box, verdict, place in _answers(asked, one, self.ruleset):
                path = (*at.path, rule.place, place) if place else (*at.path, rule.place)
                self._verdict(verdict, _At(Region(box, at.region.holes), path, at.copies), after, out)
                taken.append(box)
        return taken

    def _act(self, rule: Rule, read: Read, at: _At, part: Box, after: list[_At], out: list[_At]) -> None:
        for box in self._changed(read, part):
            now = _At(Region(box, at.region.holes), at.path, at.copies)
            if read.copies:
                made = tuple(Copy(now.region, one, rule.place) for one in read.copies)
                self.made += made
                now = _At(now.region, at.path, (*at.copies, *made))
            if read.verdict:
                self._verdict(read.verdict, _At(now.region, (*at.path, rule.place), now.copies), after, out)
            else:
                after.append(now)

    def _changed(self, read: Read, box: Box) -> list[Box]:
        found = [box]
        for change in read.changes:
            found = [part for one in found for part in change.done(one, self.ruleset.lookups)]
        return found

    def _verdict(self, verdict: str, at: _At, after: list[_At], out: list[_At]) -> None:
        word, _, name = verdict.partition(" ")
        if word == "accept":
            self.accepted.append(at)
        elif word == "drop":
            self.dropped.append(at)
        elif word in {"goto", "jump"} and name in self.ruleset.chains and self.depth < DEEPEST:
            self.depth += 1
            left = self.chain(self.ruleset.chains[name], at)
            self.depth -= 1
            (out if word == "goto" else after).extend(left)
        elif word in {"return", "continue"}:
            (out if word == "return" else after).append(at)


def _known_inside(read: Read) -> Among | None:
    """Return what is left of a rule that only asks whether something is not in a set: that it is."""
    match read.steps:
        case (Among(looks, name, presence, True),) if not presence and read.asked is None:
            return Among(looks, name, presence)
    return None


def _matched(read: Read, box: Box, ruleset: Ruleset) -> list[Box]:
    """Return the parts of a box that get through a rule's steps."""
    if not box.touches(read.needs):
        return []
    found = [box]
    try:
        for step in read.steps:
            found = [part for one in found for part in step.on(one, ruleset.lookups)]
            if not found:
                break
    except KeyError:  # a set that is not there: nft would not have loaded the rule
        return []
    return found


def _answers(asked: Asked, box: Box, ruleset: Ruleset) -> Iterator[tuple[Box, str, Place | None]]:
    """Yield the parts of a box that a map has verdicts for, with verdict and element."""
    here = box.limited(asked.presence)
    if here is None:
        return
    if asked.name:
        if asked.name in ruleset.lookups:
            for part, element in hits(here, asked.looks, ruleset.lookups[asked.name]):
                yield part, element.value, element.place
        return
    for values, verdict in asked.inline:
        found = here.limited({asked.looks[0].field: values})
        if found is not None:
            yield found, verdict, None
