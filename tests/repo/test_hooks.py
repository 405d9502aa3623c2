# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import re
from pathlib import Path

import yaml


def test_hooks_run_what_the_test_program_runs(repository: Path) -> None:
    hooks = yaml.safe_load((repository / ".pre-commit-config.yaml").read_text())["repos"][0]["hooks"]
    entries = {hook["entry"].removeprefix(".venv/bin/") for hook in hooks}
    program = (repository / "test").read_text()
    commands = re.findall(r'^step "[^"]+" .*?\$bin/(.*)$', program, flags=re.MULTILINE)
    assert entries == {command.removesuffix(' "$@"') for command in commands}


def test_continuous_integration_runs_the_test_program_alone(repository: Path) -> None:
    lines = (repository / ".ci" / "run").read_text().splitlines()
    commands = [line for line in lines if line and not line.startswith("#")]
    assert commands == ["set -eu", 'cd "$(dirname "$0")/.."', 'exec ./test "$@"']
