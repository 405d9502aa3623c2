# SPDX-License-Identifier: Apache-2.0
"""Which pairs of Purdue levels a conduit may join."""

from __future__ import annotations

import pytest
from tests.unit.assure.builders import NOW, conduit, facts, site, workload, zone

from ringfence.assure.check import check
from ringfence.site.site import Site

LEVELS = (0, 1, 2, 3, 3.5, 4, 5)
BYPASS, PAST, INSIDE, DORMANT = "RF-CON-001", "RF-CON-002", "RF-CON-003", "RF-CON-004"
ALLOWED = {(0, 1), (1, 2), (2, 3), (3, 3.5), (3.5, 4), (3.5, 5), (4, 5)}


def expected(lower: float, upper: float) -> set[str]:
    if lower == upper or (lower, upper) in ALLOWED:
        return set()
    if upper > 3.5:
        return {BYPASS}
    return {PAST} if upper == 3.5 else {INSIDE}


def joined(lower: float, upper: float, *, upwards: bool, dormant: bool = False) -> Site:
    ends = ("workload/low", "workload/high") if upwards else ("workload/high", "workload/low")
    return site(
        zone("below", lower),
        zone("above", upper),
        workload("low", "below"),
        workload("high", "above"),
        conduit("c", *ends, dormant=dormant),
    )


def found(of: Site) -> set[str]:
    ids = {one.id for one in check(of, {"server": facts()}, NOW)}
    return ids & {BYPASS, PAST, INSIDE, DORMANT}


PAIRS = [(lower, upper) for index, lower in enumerate(LEVELS) for upper in LEVELS[index:]]


@pytest.mark.parametrize("upwards", [True, False])
@pytest.mark.parametrize(("lower", "upper"), PAIRS)
def test_the_direction_never_matters(lower: float, upper: float, upwards: bool) -> None:
    assert found(joined(lower, upper, upwards=upwards)) == expected(lower, upper)


@pytest.mark.parametrize(("lower", "upper"), PAIRS)
def test_a_dormant_conduit_is_judged_more_mildly_from_the_dmz_up(lower: float, upper: float) -> None:
    standing = expected(lower, upper)
    milder = {DORMANT if one in {BYPASS, PAST} else one for one in standing}
    assert found(joined(lower, upper, upwards=False, dormant=True)) == milder
