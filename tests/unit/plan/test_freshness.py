# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

from dataclasses import replace

import pytest
from tests.unit.plan.plant import Strict, intent, observed, small

from ringfence.base.errors import WorldMoved
from ringfence.plan.freshness import require_fresh, world_digest
from ringfence.plan.planner import make_plan

WORLD = observed(small().artifacts())
PLAN = make_plan(intent(), small(policy="accept").artifacts(), WORLD, Strict())


def test_a_plan_fits_the_world_it_was_made_against() -> None:
    require_fresh(PLAN, dict(reversed(WORLD.items())), 1, "ab")


@pytest.mark.parametrize(("generation", "digest", "words"), [(2, "ab", "revision 2"), (1, "cd", "site file")])
def test_another_revision_or_site_file_is_refused(generation: int, digest: str, words: str) -> None:
    with pytest.raises(WorldMoved, match=words):
        require_fresh(PLAN, WORLD, generation, digest)


def test_any_part_that_moved_is_noticed() -> None:
    for address, document in WORLD.items():
        moved = {**WORLD, address: replace(document, parts={**document.parts, "new": "part"})}
        with pytest.raises(WorldMoved, match="changed after"):
            require_fresh(PLAN, moved, 1, "ab")
    assert len({world_digest({}), world_digest(WORLD)}) == 2
