# SPDX-License-Identifier: Apache-2.0
"""Pages that are made from the code are as the code makes them."""

from __future__ import annotations

from pathlib import Path

import pytest

from ringfence.cli.reference import PAGES


@pytest.mark.parametrize("name", PAGES)
def test_the_command_lines_pages(repository: Path, name: str) -> None:
    assert PAGES[name]() == (repository / "docs" / "reference" / f"{name}.md").read_text()
