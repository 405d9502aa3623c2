# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import re
from pathlib import Path

from ringfence.assure.running.clauses import CLAUSES
from ringfence.assure.running.criteria import HOST, MACHINE
from ringfence.assure.running.criterion import Criterion
from ringfence.assure.running.ground import HostGround, MachineGround
from ringfence.assure.running.reference import GROUPS, markdown


def test_the_reference_page_is_what_the_code_says(repository: Path) -> None:
    page = (repository / "docs" / "reference" / "checks.md").read_text()
    assert page == markdown(), "Run: python -m ringfence.assure.running.reference > docs/reference/checks.md"


def test_ids_are_in_order_and_say_their_group() -> None:
    for held in (MACHINE, HOST):
        ids = [one.id for one in held]
        assert ids == sorted({*ids})
        assert all(re.fullmatch(rf"RF-({'|'.join(GROUPS)})-\d{{3}}", id_) for id_ in ids)


def test_every_criterion_names_known_clauses_and_a_next_step() -> None:
    known: tuple[Criterion[MachineGround] | Criterion[HostGround], ...] = (*MACHINE, *HOST)
    for one in known:
        assert set(one.clauses) <= CLAUSES.keys()
        assert one.clauses
        assert 1 <= one.from_level <= 4
        assert one.fix.endswith(".")
        assert one.title.endswith(".")
        assert one.rationale.endswith((".", ")."))
