# SPDX-License-Identifier: Apache-2.0
"""A hook asked once for everything that comes from one place, and then for each region by cutting it with the answer.

That is the same as asking for the region itself, as long as no rule changes a field: rules look at packets one by one.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from .evaluate import Passed, passed
from .region import Region
from .ruleset import Ruleset


@dataclass(slots=True)
class Gate:
    """What a hook lets pass of ``starts``, which together hold every region that is asked for later."""

    ruleset: Ruleset
    hook: str
    starts: tuple[Region, ...]
    _pieces: list[Passed] = field(default_factory=list)

    def __post_init__(self) -> None:
        if not self.ruleset.changes:
            found = passed(self.ruleset, self.hook, self.starts)
            self._pieces = [Passed(one.region.pruned(), one.path) for one in found]

    def through(self, region: Region) -> Iterator[Passed]:
        """Yield what passes of a region."""
        if self.ruleset.changes:
            yield from passed(self.ruleset, self.hook, [region])
            return
        for one in self._pieces:
            both = region.box.common(one.region.box)
            if both is not None:
                yield Passed(Region(both, (*region.holes, *one.region.holes)), one.path)
