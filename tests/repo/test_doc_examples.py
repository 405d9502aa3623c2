# SPDX-License-Identifier: Apache-2.0
"""Site files shown in documents load, and are judged as the document says.

A fenced ``yaml`` block below ``<!-- site file -->`` has no finding worse than low on a sound host; one below
``<!-- site file, refused by RF-NYI-014 -->`` is refused by exactly these rules.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest
from tests.unit.assure.builders import NOW, facts

from ringfence.assure.check import check
from ringfence.base.diagnostics import Severity
from ringfence.site.loader import load

DOCUMENTS = Path(__file__).resolve().parents[2] / "docs"
BLOCK = re.compile(
    r"^(?:<!-- site file(?:, refused by (?P<rules>[A-Z0-9 -]+))? -->\n)?```yaml\n(?P<text>.*?)^```",
    re.MULTILINE | re.DOTALL,
)
MARK = "<!-- site file"


class Example(NamedTuple):
    place: str
    text: str
    refused: frozenset[str]
    marked: bool


def _examples() -> Iterator[Example]:
    for path in sorted(DOCUMENTS.rglob("*.md")):
        written = path.read_text()
        for found in BLOCK.finditer(written):
            line = written.count("\n", 0, found.start("text"))
            refused = frozenset((found["rules"] or "").split())
            yield Example(f"{path.relative_to(DOCUMENTS)}:{line}", found["text"], refused, MARK in found[0])


EXAMPLES = [pytest.param(example, id=example.place) for example in _examples() if example.marked]


@pytest.mark.parametrize("example", EXAMPLES)
def test_it_loads_and_is_judged_as_the_document_says(example: Example) -> None:
    site, problems = load(example.text.encode(), example.place)
    assert [str(problem) for problem in problems] == []
    assert site is not None
    found = check(site, {name: facts(name) for name in site.hosts}, NOW)
    errors = {one.id for one in found if one.severity is Severity.ERROR}
    worse = [str(one) for one in found if one.severity in {Severity.HIGH, Severity.MEDIUM}]
    assert errors == example.refused
    assert worse == []


def test_the_order_of_keys_never_matters() -> None:
    one, other = (load(example.text.encode())[0] for example in _examples() if "artifact.md" in example.place)
    assert one is not None
    assert one == other


def test_every_word_has_an_example() -> None:
    shown = {example.place.split(":")[0] for example in _examples() if example.marked}
    pages = {str(path.relative_to(DOCUMENTS)) for path in (DOCUMENTS / "concepts").glob("*.md")}
    assert pages - shown == {"concepts/README.md"}


def test_concepts_show_nothing_that_is_not_tested() -> None:
    assert [one.place for one in _examples() if one.place.startswith("concepts/") and not one.marked] == []


def test_links_between_documents_lead_somewhere() -> None:
    broken = [
        f"{path.relative_to(DOCUMENTS)}: {target}"
        for path in sorted(DOCUMENTS.rglob("*.md"))
        for target in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", path.read_text())
        if not (path.parent / target).exists()
    ]
    assert broken == []


@pytest.mark.parametrize("folder", ["adr", "concepts"])
def test_every_page_is_in_its_index(folder: str) -> None:
    index = (DOCUMENTS / folder / "README.md").read_text()
    missing = [path.name for path in sorted((DOCUMENTS / folder).glob("*.md")) if f"]({path.name})" not in index]
    assert missing == ["README.md"]
