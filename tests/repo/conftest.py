# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

_LEFT_BEHIND = {".git", ".venv", ".cache", "__pycache__", ".hypothesis", ".mypy_cache", ".ruff_cache"}


@pytest.fixture(scope="session")
def tracked(repository: Path) -> list[Path]:
    """Every file of the repository by its relative path; from git, or from an unpacked archive."""
    if (repository / ".git").exists():
        # Whoever runs the tests need not own the clone.
        command = ["git", "-c", f"safe.directory={repository}", "-C", str(repository), "ls-files", "-z"]
        listed = subprocess.run(command, check=True, capture_output=True).stdout.decode()
        found = [Path(name) for name in listed.split("\0") if name]
    else:
        found = [path.relative_to(repository) for path in repository.rglob("*") if path.is_file()]
        found = [path for path in found if not _LEFT_BEHIND.intersection(path.parts)]
    return [path for path in found if (repository / path).is_file()]


@pytest.fixture(scope="session")
def texts(repository: Path, tracked: list[Path]) -> dict[Path, str]:
    """The content of every tracked text file by its path."""
    contents = {path: (repository / path).read_bytes() for path in tracked}
    return {path: data.decode() for path, data in contents.items() if b"\0" not in data}
