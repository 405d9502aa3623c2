# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import importlib
import os
import subprocess
import sys

import click
import pytest

from ringfence.cli.exits import ONES
from ringfence.cli.index import SECTIONS, SUMMARIES, module_of

from .conftest import Desk

HEAVY = {"pydantic", "rich", "lxml", "libvirt", "pyroute2", "pymodbus", "sqlite3", "yaml", "asyncio", "concurrent"}


def _loaded(arguments: list[str], **environment: str) -> set[str]:
    """Top-level packages that a run of the command line imported, in a process of its own."""
    code = (
        "import sys\nfrom ringfence.cli.main import run\n"
        f"try:\n    run({arguments!r})\nexcept SystemExit:\n    pass\n"
        "print('LOADED', *sorted({name.split('.')[0] for name in sys.modules}))"
    )
    environ = {**os.environ, **environment}
    ran = subprocess.run([sys.executable, "-c", code], env=environ, capture_output=True, text=True, check=True)
    return set(ran.stdout.rpartition("LOADED")[2].split())


def _command(name: str) -> click.Command:
    found: click.Command = getattr(importlib.import_module(module_of(name)), name.replace("-", "_"))
    return found


@pytest.mark.parametrize("arguments", [["--help"], ["--version"], ["apply", "--help"], ["completion", "bash"]])
def test_help_imports_nothing_heavy(arguments: list[str]) -> None:
    assert _loaded(arguments) & HEAVY == set()


def test_completion_of_commands_imports_nothing_heavy() -> None:
    loaded = _loaded([], _RINGFENCE_COMPLETE="bash_complete", COMP_WORDS="ringfence st", COMP_CWORD="1")
    assert loaded & HEAVY == set()


def test_completion_of_names_reads_yaml_only(applied: Desk) -> None:
    words = {"_RINGFENCE_COMPLETE": "bash_complete", "COMP_WORDS": "ringfence start p", "COMP_CWORD": "2"}
    assert _loaded([], **words) & (HEAVY - {"yaml", "sqlite3"}) == set()


@pytest.mark.parametrize("name", SUMMARIES)
def test_the_index_says_what_the_command_says(name: str) -> None:
    help_ = _command(name).help or ""
    assert help_.splitlines()[0] == SUMMARIES[name]


@pytest.mark.parametrize("name", SUMMARIES)
def test_every_command_has_help(desk: Desk, name: str) -> None:
    ran = desk(name, "--help")
    assert ran.status == 0
    assert ran.out.startswith(f"Usage: ringfence {name}")
    assert "--site FILE" in ran.out


def test_help_names_every_command(desk: Desk) -> None:
    shown = desk("--help").out
    assert all(f"  {name} " in shown and text in shown for name, text in SUMMARIES.items())
    assert all(f"{section}:" in shown for section in SECTIONS)


def test_every_exit_status_is_of_a_command() -> None:
    assert ONES.keys() <= SUMMARIES.keys()


def test_an_unknown_command_names_the_nearest(desk: Desk) -> None:
    ran = desk("statsu")
    assert ran.status == 2
    assert "Did you mean 'status'?" in ran.err


def test_version(desk: Desk) -> None:
    assert desk("--version").out.startswith("ringfence ")


def test_without_a_command_help_is_shown(desk: Desk) -> None:
    ran = desk()
    assert ran.status == 2
    assert "Design a site:" in ran.err
