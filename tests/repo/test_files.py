# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import ast
import os
import re
import subprocess
from pathlib import Path

LONGEST_FILE = 400
LONGEST_FUNCTION = 60
VAGUE = {"utils", "util", "helpers", "helper", "common", "manager", "misc", "lib", "tools", "core"}
# Written in two halves, so that this file does not name what it looks for.
ONE_MACHINE = re.compile(r"(^|[^A-Za-z0-9_.])/(wor" + r"k|far" + r"m)/|/var/tm" + r"p/rf\b")
DOWNLOAD_ADDRESS = re.compile(
    r"files\.pythonhost" + r"ed|pypi\.org/sim" + r"ple|deb\.debi" + r"an\.org|--(extra-)?index-u" + r"rl"
    r'|registry = "https?' + r':|"resolved": "https?' + r":"
)
SILENCED = re.compile(r"#\s*(noqa|type: ignore)\b(?P<codes>[:\[ A-Z0-9a-z,\]-]*?)(?P<reason>\s*#.*|\s+-\s.*)?$")


def _matching(texts: dict[Path, str], pattern: re.Pattern[str]) -> list[str]:
    return [
        f"{path}:{number}: {line.strip()}"
        for path, text in texts.items()
        for number, line in enumerate(text.splitlines(), start=1)
        if pattern.search(line)
    ]


def _python(texts: dict[Path, str]) -> dict[Path, str]:
    return {path: text for path, text in texts.items() if path.suffix == ".py"}


def _is_program(text: str) -> bool:
    return text.startswith("#!")


def test_no_file_knows_the_machine_it_was_written_on(texts: dict[Path, str]) -> None:
    assert _matching(texts, ONE_MACHINE) == []


def test_no_file_records_where_packages_are_downloaded(texts: dict[Path, str]) -> None:
    assert _matching(texts, DOWNLOAD_ADDRESS) == []


def test_source_begins_with_the_licence(texts: dict[Path, str]) -> None:
    unlicensed = []
    for path, text in texts.items():
        if path.suffix not in {".py", ".sh", ".S", ".c", ".js", ".css"} and not _is_program(text):
            continue
        first_line = text.splitlines()[1 if _is_program(text) else 0] if text.strip() else ""
        if "SPDX-License-Identifier: Apache-2.0" not in first_line:
            unlicensed.append(str(path))
    assert unlicensed == []


def test_files_are_short(texts: dict[Path, str]) -> None:
    written = {path: text for path, text in texts.items() if path.suffix in {".py", ".sh"} or _is_program(text)}
    too_long = {str(path): lines for path, text in written.items() if (lines := text.count("\n")) >= LONGEST_FILE}
    assert too_long == {}


def test_functions_are_short(texts: dict[Path, str]) -> None:
    too_long = [
        f"{path}:{node.lineno}: {node.name} has {node.end_lineno - node.body[0].lineno + 1} lines"
        for path, text in _python(texts).items()
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and node.end_lineno is not None
        and node.end_lineno - node.body[0].lineno >= LONGEST_FUNCTION
    ]
    assert too_long == []


def test_names_say_what_a_module_holds(texts: dict[Path, str]) -> None:
    vague = [str(path) for path in _python(texts) if VAGUE.intersection((*path.parts[:-1], path.stem))]
    assert vague == []


def test_programs_are_executable_and_nothing_else_is(repository: Path, texts: dict[Path, str]) -> None:
    wrong = [str(path) for path, text in texts.items() if os.access(repository / path, os.X_OK) != _is_program(text)]
    assert wrong == []


def test_shell_scripts_are_sound(repository: Path, texts: dict[Path, str]) -> None:
    scripts = [str(path) for path, text in texts.items() if path.suffix == ".sh" or text[:9] == "#!/bin/sh"]
    # As --shell=sh everything that is not POSIX is a finding. Left out: variables that cross a `.` (source).
    options = ["--shell=sh", "--severity=warning", "--format=gcc", "--exclude=SC1091,SC2034,SC2154"]
    command = ["shellcheck", *options, *scripts]
    found = subprocess.run(command, cwd=repository, check=False, capture_output=True, text=True)
    assert scripts
    assert found.stdout + found.stderr == ""


def test_every_silenced_check_says_why(texts: dict[Path, str]) -> None:
    unexplained = []
    for path, text in _python(texts).items():
        lines = text.splitlines()
        for number, line in enumerate(lines):
            above = lines[number - 1].strip() if number else ""
            found = SILENCED.search(line)
            if found and not found["reason"] and not above.startswith("#"):
                unexplained.append(f"{path}:{number + 1}: {line.strip()}")
    assert unexplained == []


def test_nothing_is_left_for_later(texts: dict[Path, str]) -> None:
    assert _matching(texts, re.compile(r"\b(TO" + r"DO|FIX" + r"ME|XX" + r"X)\b")) == []
