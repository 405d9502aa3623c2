# SPDX-License-Identifier: Apache-2.0
"""Every mutant of the water works' fabric is found by the proof, or listed with the reason why not."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from pathlib import Path

import pytest
from tests.mutants.enumerate import NETWORK, mutants
from tests.mutants.judge import judge, judged
from tests.mutants.mutant import Mutant
from tests.mutants.plants import claimed, example
from tests.mutants.reasons import reason
from tests.mutants.rules import is_verdict, pieces

GOLDEN = "tests/golden/mutants/waterworks.txt"
STEP = 61
"""The fast suite judges every so many."""


@pytest.fixture(scope="module")
def every() -> list[Mutant]:
    return list(mutants(example().documents()))


def survivors(some: Iterable[Mutant]) -> list[str]:
    """Return the names of mutants that the proof does not find."""
    stage = example()
    answers = list(judged(judge(stage.documents(), claimed(stage)), some))
    crashes = [f"{mutant.name}: {how}" for mutant, how in answers if how.startswith("CRASH")]
    assert crashes == []
    return [mutant.name for mutant, how in answers if not how]


def written(names: Iterable[str]) -> str:
    """Return a listing: each reason with the mutants that it is about."""
    found: Mapping[str, list[str]] = defaultdict(list)
    for name in sorted(names):
        found[reason(name) or "NOBODY WROTE WHY"].append(name)
    return "\n".join(f"{why}\n" + "".join(f"    {name}\n" for name in those) for why, those in sorted(found.items()))


def listed(repository: Path) -> set[str]:
    text = (repository / GOLDEN).read_text(encoding="utf-8")
    return {line.strip() for line in text.splitlines() if line.startswith("    ")}


def test_mutants_have_names_of_their_own_and_touch_every_part(every: list[Mutant]) -> None:
    assert len({one.name for one in every}) == len(every)
    touched = {(address, key) for one in every for address, parts in one.changes.items() for key in parts}
    documents = [one for one in example().documents() if one.kind in NETWORK]
    parts = {(one.address, key) for one in documents for key in one.parts}
    left = {key for _, key in parts - touched if not key.startswith(("stub/", "chain/", "endpoint"))}
    assert left == set()
    assert {one for mutant in every for one in mutant.gone} == {one.address for one in documents}


def test_mutants_differ_from_what_was_compiled(every: list[Mutant]) -> None:
    documents = example().documents()
    same = [one.name for one in every if one.of(documents) == documents]
    assert same == []


def test_rules_fall_into_pieces_and_lose_nothing() -> None:
    for document in example().documents():
        for key, text in document.parts.items():
            if key.startswith("rule/"):
                assert " ".join(pieces(text)) == text
                assert all(not is_verdict(one) for one in pieces(text)[:-1])


def test_a_sample_of_mutants_is_found_or_listed(repository: Path, every: list[Mutant]) -> None:
    assert set(survivors(every[::STEP])) <= listed(repository)


@pytest.mark.slow
@pytest.mark.timeout(1200)
def test_every_mutant_is_found_or_listed_with_the_reason(
    repository: Path, every: list[Mutant], *, regenerate: bool
) -> None:
    left = survivors(every)
    assert [name for name in left if not reason(name)] == []
    if regenerate:
        (repository / GOLDEN).parent.mkdir(parents=True, exist_ok=True)
        (repository / GOLDEN).write_text(written(left), encoding="utf-8")
    assert written(left) == (repository / GOLDEN).read_text(encoding="utf-8")
