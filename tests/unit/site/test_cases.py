# SPDX-License-Identifier: Apache-2.0
"""What the loader says about each site file of tests/golden/site, word for word."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.unit.site.case import CASES, loaded, told

from ringfence.base.names import is_name
from ringfence.site.codes import MEANINGS, Code

NAMES = sorted(path.name for path in CASES.iterdir())


@pytest.mark.parametrize("name", NAMES)
def test_case_is_told_as_expected(name: str, regenerate: bool) -> None:
    found, expected = told(CASES / name), CASES / name / "expected.txt"
    if regenerate:
        expected.write_text(found, encoding="utf-8")
    assert found == expected.read_text(encoding="utf-8")


@pytest.mark.parametrize("name", NAMES)
def test_a_site_or_problems_but_never_both(name: str) -> None:
    site, problems = loaded(CASES / name)
    assert (site is None) == bool(problems)
    assert (site is not None) == name.startswith("good-")


def test_every_problem_has_a_case() -> None:
    seen = {found.id for name in NAMES for found in loaded(CASES / name)[1]}
    tested_elsewhere = {Code.TOO_LARGE, Code.TOO_DEEP, Code.MORE}
    assert set(Code) - seen == tested_elsewhere
    assert set(MEANINGS) == set(Code)


@pytest.mark.parametrize("name", NAMES)
def test_problems_are_sentences_with_a_place(name: str) -> None:
    for found in loaded(CASES / name)[1]:
        assert found.where is not None
        assert found.problem.endswith(".")
        assert found.fix.endswith(".")
        assert (found.problem + found.fix + found.subject).isprintable()


def test_names_of_a_loaded_site_are_names(tmp_path: Path) -> None:
    site, _ = loaded(CASES / "good-whole-model")
    assert site is not None
    named = [site.name, *site.hosts, *site.zones, *site.assets, *site.uplinks, *site.conduits, *site.workloads]
    assert all(is_name(name) for name in named)
