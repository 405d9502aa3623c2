# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

from pathlib import Path

import pytest

from ringfence.base.errors import BadInput
from ringfence.site.codec import site_from_json, site_to_json
from ringfence.site.loader import load

CASES = sorted((Path(__file__).parents[2] / "golden").glob("**/good.yaml"))


def read(path: str) -> bytes:
    return Path(path).read_bytes()


@pytest.mark.parametrize("case", ["examples/waterworks/site.yaml", "examples/minimal/site.yaml"])
def test_a_site_and_its_marks_survive(repository: Path, case: str) -> None:
    file = repository / case
    site, _ = load(file.read_bytes(), case, str(file.parent), read)
    assert site is not None
    again = site_from_json(site_to_json(site))
    assert again == site
    assert again.marks == site.marks


@pytest.mark.parametrize("file", CASES, ids=lambda file: file.parent.name)
def test_every_golden_site_survives(file: Path) -> None:
    site, _ = load(file.read_bytes(), file.name, str(file.parent), read)
    assert site is not None
    assert site_from_json(site_to_json(site)) == site


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"format": 2}', '{"format": 1, "site": {"name": "x"}}', "null"])
def test_what_is_no_site_is_refused(text: str) -> None:
    with pytest.raises(BadInput):
        site_from_json(text)
