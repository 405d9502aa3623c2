# SPDX-License-Identifier: Apache-2.0
"""SIGKILL at every moment of an island, a cut and a release: what was decided is on the safe side, and is completed."""

from __future__ import annotations

import shutil
import signal
from collections.abc import Iterator, Mapping
from itertools import count
from pathlib import Path

import pytest
from tests.crash.children import CONTEXT
from tests.crash.emergency import command, place
from tests.unit.cli.conftest import SITE

from ringfence.base.addresses import Address
from ringfence.cli.main import run
from ringfence.compile.document import Document
from ringfence.compile.scope import Scope
from ringfence.drivers.memory.host import MemoryHost
from ringfence.drivers.store.database import open_store
from ringfence.drivers.system.clock import SystemClock

SCOPE = Scope("works", "server1")
ISLAND, NAME = ("island", "field"), "island/field"
World = Mapping[Address, Document]


def ringfence(folder: Path, *arguments: str) -> int:
    with pytest.MonkeyPatch.context() as patch:
        for name, value in place(folder).items():
            patch.setenv(name, value)
        return run((*arguments, "--quiet"))


def world(folder: Path) -> World:
    return MemoryHost(folder / "world", SystemClock()).artifacts.observe(SCOPE)


def standing(folder: Path) -> set[str]:
    with open_store(folder / "state" / "works") as store:
        return {one.name for one in store.restrictions.standing()}


def killed(begun: Path, folder: Path, *arguments: str) -> Iterator[Path]:
    """Yield a folder for each moment at which the command was killed."""
    for number in count(1):
        here = folder / str(number)
        shutil.copytree(begun, here)
        process = CONTEXT.Process(target=command, args=(here, ("--name", "works", *arguments), number))
        process.start()
        process.join(60)
        if process.exitcode == 0:
            assert number > 8  # it did not pass by all of them
            return
        assert process.exitcode == -signal.SIGKILL
        yield here


@pytest.fixture(scope="module")
def begun(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("begun")
    (folder / "site.yaml").write_text(SITE)
    assert ringfence(folder, "apply", "--yes", str(folder / "site.yaml")) == 0
    return folder


@pytest.fixture(scope="module")
def closed(begun: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("closed")
    shutil.copytree(begun, folder, dirs_exist_ok=True)
    assert ringfence(folder, "--name", "works", *ISLAND) == 0
    return folder


def test_the_same_command_again_completes_it(begun: Path, closed: Path, tmp_path: Path) -> None:
    for here in killed(begun, tmp_path, *ISLAND):
        assert ringfence(here, "--name", "works", *ISLAND) == 0
        assert world(here) == world(closed)
        assert ringfence(here, "--name", "works", "release", NAME) == 0
        assert world(here) == world(begun)


def test_what_was_written_down_is_completed_by_the_next_apply(begun: Path, closed: Path, tmp_path: Path) -> None:
    for here in killed(begun, tmp_path, *ISLAND):
        touched = world(here) != world(begun)
        assert NAME in standing(here) or not touched  # written down before anything happens
        assert ringfence(here, "apply", "--yes", str(here / "site.yaml")) == 0
        assert world(here) == world(closed if NAME in standing(here) else begun)


def test_a_release_that_died_stands_and_is_completed_by_the_same_command(
    begun: Path, closed: Path, tmp_path: Path
) -> None:
    for number, here in enumerate(killed(closed, tmp_path, "release", NAME)):
        again = NAME in standing(here)
        assert again or world(here) == world(begun)
        if again and number % 2:
            assert ringfence(here, "apply", "--yes", str(here / "site.yaml")) == 0
            assert world(here) == world(closed)  # the safe side
        if again:
            assert ringfence(here, "--name", "works", "release", NAME) == 0
        assert world(here) == world(begun)
