# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Any

import pytest

import ringfence

LOCKS = ("runtime", "dev", "uv")


def _pins(lock: str) -> dict[str, str]:
    """Locked versions by name; the lock's continued lines are joined first."""
    joined = re.sub(r"\\\n\s*", "", re.sub(r"^\s*#.*\n", "", lock, flags=re.MULTILINE))
    return dict(re.findall(r"^([a-z0-9._-]+)==(\S+)", joined, flags=re.MULTILINE))


def _names(requirements: list[str]) -> set[str]:
    return {re.split(r"[\s<>=!~;\[]", line, maxsplit=1)[0].lower().replace("_", "-") for line in requirements}


@pytest.fixture
def locks(repository: Path) -> dict[str, str]:
    return {name: (repository / "requirements" / f"{name}.txt").read_text() for name in LOCKS}


@pytest.fixture
def project(repository: Path) -> dict[str, Any]:
    return tomllib.loads((repository / "pyproject.toml").read_text())


def _wanted(repository: Path, name: str) -> set[str]:
    lines = (repository / "requirements" / f"{name}.in").read_text().splitlines()
    return _names([line for line in lines if line and not line.startswith("#")])


@pytest.mark.parametrize("name", LOCKS)
def test_every_locked_package_has_a_hash_and_no_address(locks: dict[str, str], name: str) -> None:
    entries = re.split(r"^(?=[a-z])", locks[name], flags=re.MULTILINE)[1:]
    assert entries
    assert [entry.splitlines()[0] for entry in entries if "--hash=sha256:" not in entry] == []
    assert "://" not in locks[name]


def test_the_locks_agree(locks: dict[str, str]) -> None:
    assert _pins(locks["runtime"]).items() <= _pins(locks["dev"]).items()


def test_everything_asked_for_is_locked(locks: dict[str, str], project: dict[str, Any], repository: Path) -> None:
    runtime = _names(project["project"]["dependencies"]) | _wanted(repository, "build")
    assert runtime <= _pins(locks["runtime"]).keys()
    assert runtime | _wanted(repository, "dev") <= _pins(locks["dev"]).keys()
    assert _pins(locks["uv"]).keys() == _wanted(repository, "uv")


def test_the_build_needs_nothing_unlocked(project: dict[str, Any], repository: Path) -> None:
    assert _names(project["build-system"]["requires"]) == _wanted(repository, "build")


def test_libvirt_is_the_distributions(locks: dict[str, str]) -> None:
    assert all("libvirt-python" not in _pins(lock) for lock in locks.values())


def test_the_version_is_written_once_in_two_places(project: dict[str, Any]) -> None:
    assert project["project"]["version"] == ringfence.__version__


def test_every_system_package_has_a_reason(repository: Path) -> None:
    lists = [repository / "scripts" / name for name in ("packages.txt", "packages-dev.txt", "packages-plants.txt")]
    entries = [line for path in lists for line in path.read_text().splitlines() if not line.startswith("#")]
    assert [line for line in entries if not re.fullmatch(r"[a-z0-9.+|-]+\s+# \S.*", line)] == []
    names = [line.split()[0] for line in entries]
    assert len(names) == len(set(names))
