# SPDX-License-Identifier: Apache-2.0
"""Every rule, both ways, on real site files."""

from __future__ import annotations

import os

import pytest
from tests.unit.assure.case import CASES, findings, site_of

from ringfence.assure.clauses import CLAUSES
from ringfence.assure.rule import Rule
from ringfence.assure.rules import RULES

BY_ID = pytest.mark.parametrize("made", RULES, ids=lambda made: made.id)


@BY_ID
def test_it_finds_the_fault_and_says_so_in_these_words(made: Rule) -> None:
    folder = CASES / made.id
    found = findings(folder / "bad.yaml", made.id)
    said = "".join(f"{one}\n" for one in found)
    if os.environ.get("RINGFENCE_GOLDEN") == "write":
        (folder / "bad.txt").write_text(said)
    assert found
    assert said == (folder / "bad.txt").read_text()


@BY_ID
def test_it_stays_silent_on_the_mended_site(made: Rule) -> None:
    assert findings(CASES / made.id / "good.yaml", made.id) == []


@BY_ID
def test_its_findings_have_a_place_and_a_subject_that_exists(made: Rule) -> None:
    path = CASES / made.id / "bad.yaml"
    marks = site_of(path).marks
    for found in findings(path, made.id):
        assert found.where is not None
        assert found.where.file == "bad.yaml"
        assert found.subject in marks or found.subject.startswith("exception/")


@BY_ID
def test_its_texts_are_sentences(made: Rule) -> None:
    assert all(text[0].isupper() and text.endswith(".") for text in (made.title, made.rationale, made.fix))
    for found in findings(CASES / made.id / "bad.yaml", made.id):
        assert found.problem[0].isupper()
        assert found.problem.endswith(".")


@BY_ID
def test_its_clauses_are_known(made: Rule) -> None:
    assert set(made.clauses) <= set(CLAUSES)
    assert len(set(made.clauses)) == len(made.clauses)


def test_every_case_belongs_to_a_rule_and_every_id_is_used_once() -> None:
    ids = [made.id for made in RULES]
    assert sorted(folder.name for folder in CASES.iterdir()) == ids
    assert len(set(ids)) == len(ids)


def test_every_clause_of_the_catalogue_is_used() -> None:
    assert set(CLAUSES) == {clause for made in RULES for clause in made.clauses}
