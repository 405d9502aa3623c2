# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import json
import re
from dataclasses import asdict
from pathlib import Path

from ringfence.assure.catalogue import GROUPS, entries, markdown
from ringfence.assure.rules import RULES


def test_the_reference_page_is_what_the_code_says(repository: Path) -> None:
    page = (repository / "docs" / "reference" / "rules.md").read_text()
    assert page == markdown(), "Run: python -m ringfence.assure.catalogue > docs/reference/rules.md"


def test_all_rules_are_there_once_and_in_order() -> None:
    ids = [entry.id for entry in entries()]
    assert ids == sorted({*ids})
    assert set(ids) == {made.id for made in RULES} | {"RF-INT-001"}


def test_every_id_says_its_group() -> None:
    assert all(re.fullmatch(rf"RF-({'|'.join(GROUPS)})-\d{{3}}", entry.id) for entry in entries())
    assert {entry.group for entry in entries()} == set(GROUPS.values())


def test_rules_are_data() -> None:
    assert json.loads(json.dumps([asdict(entry) for entry in entries()]))[0]["severity"] == "high"
