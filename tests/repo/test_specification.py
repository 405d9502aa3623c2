# SPDX-License-Identifier: Apache-2.0
"""SPECIFICATION.md names tests that exist, and every promise names one."""

from __future__ import annotations

import ast
import re
from pathlib import Path

TEST = re.compile(r"`(tests/[\w/]+\.py)::(test_\w+)`")
FILE = re.compile(r"`((?:tests|src|scripts|docs)/[\w/.]+\.\w+)`")
UNCHECKED = "## Not checked yet"


def _tests_in(path: Path) -> set[str]:
    return {node.name for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.FunctionDef)}


def test_every_named_test_exists(repository: Path) -> None:
    text = (repository / "SPECIFICATION.md").read_text()
    named = set(TEST.findall(text))
    missing = [
        f"{file}::{name}"
        for file, name in sorted(named)
        if not (repository / file).exists() or name not in _tests_in(repository / file)
    ]
    assert named
    assert missing == []


def test_every_promise_names_its_test(repository: Path) -> None:
    promises = (repository / "SPECIFICATION.md").read_text().partition(UNCHECKED)[0]
    rows = [
        line for line in promises.splitlines() if line.startswith("|") and not line.startswith(("|---", "| Promise"))
    ]
    assert rows
    assert [row for row in rows if not TEST.search(row)] == []


def test_every_named_file_exists(repository: Path) -> None:
    text = (repository / "SPECIFICATION.md").read_text()
    assert [name for name in FILE.findall(text) if not (repository / name).exists()] == []
