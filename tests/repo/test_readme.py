# SPDX-License-Identifier: Apache-2.0
"""What the documents show of the command line is what it prints.

A fenced block that begins with ``$ ringfence ... --help``, ``$ ./test --help`` or ``$ ./demo --help`` is
compared with the real output, 80 columns wide.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

FENCE = re.compile(
    r"^```[a-z]*\n"
    r"\$ (?P<command>(?:ringfence|\./test|\./demo)[^\n]*--help)\n"
    r"(?P<shown>.*?)^```",
    re.MULTILINE | re.DOTALL,
)
SHOWN_IN_THE_README = {"ringfence --help"}


def _shown(texts: dict[Path, str]) -> dict[tuple[Path, str], str]:
    documents = {path: text for path, text in texts.items() if path.suffix == ".md"}
    return {
        (path, found["command"]): found["shown"] for path, text in documents.items() for found in FENCE.finditer(text)
    }


def _printed(command: str, repository: Path) -> str:
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    environment = {**os.environ, "PATH": path, "COLUMNS": "80", "NO_COLOR": "1", "LANG": "C.UTF-8"}
    ran = subprocess.run(
        command.split(),
        cwd=repository,
        env=environment,
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    return ran.stdout


def test_help_is_shown_as_it_is(texts: dict[Path, str], repository: Path) -> None:
    shown = _shown(texts)
    assert shown == {(path, command): _printed(command, repository) for path, command in shown}


def test_the_readme_shows_the_commands(texts: dict[Path, str]) -> None:
    readme = Path("README.md")
    commands = {command for path, command in _shown(texts) if path == readme}
    assert readme not in texts or commands >= SHOWN_IN_THE_README
