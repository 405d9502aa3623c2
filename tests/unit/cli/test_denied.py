# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import re
from pathlib import Path

from ringfence.cli.show.denied import MEANINGS


def _counters(repository: Path) -> set[str]:
    """Every counter that the compiled rules name, as their sources have it."""
    sources = sorted((repository / "src" / "ringfence" / "compile" / "fabric").glob("*.py"))
    text = "\n".join(path.read_text() for path in sources)
    return set(re.findall(r"deny_([a-z_]+)", text)) | set(re.findall(r'counter name "([a-z_]+)"', text))


def test_every_reason_has_a_meaning_and_no_other(repository: Path) -> None:
    assert _counters(repository) - {"reason"} == MEANINGS.keys()


def test_the_guide_explains_every_reason(repository: Path) -> None:
    guide = (repository / "docs" / "guides" / "troubleshooting.md").read_text()
    assert [reason for reason, text in MEANINGS.items() if f"| `{reason}` | {text} |" not in guide] == []
