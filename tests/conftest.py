# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import settings

settings.register_profile("fast", max_examples=30, deadline=None)
settings.register_profile("whole", max_examples=150, deadline=None)
settings.load_profile(os.environ.get("RINGFENCE_HYPOTHESIS", "fast"))


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--regenerate", action="store_true", help="write golden files anew instead of comparing them")


def pytest_configure(config: pytest.Config) -> None:
    if config.getoption("--regenerate"):
        os.environ["RINGFENCE_GOLDEN"] = "write"


@pytest.fixture(scope="session")
def regenerate(request: pytest.FixtureRequest) -> bool:
    """Tell whether golden files are to be written anew."""
    return bool(request.config.getoption("--regenerate"))


@pytest.fixture(scope="session")
def repository() -> Path:
    """Answer the folder that holds pyproject.toml."""
    return Path(__file__).resolve().parents[1]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark by folder, so that no test of the real world slips into the fast suite unmarked."""
    for item in items:
        folder = item.path.relative_to(item.config.rootpath / "tests").parts[0]
        if folder in {"integration", "e2e"}:
            item.add_marker(folder)
