# SPDX-License-Identifier: Apache-2.0
"""Tools that die: real programs named as the real ones, first on PATH."""

from __future__ import annotations

from pathlib import Path

import pytest

from ringfence.base.errors import Refused
from ringfence.drivers.fabric.tool import run


@pytest.fixture
def tool(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def write(path: Path, script: str) -> None:
    path.write_text(f"#!/bin/sh\necho x >>count\n{script}\n")
    path.chmod(0o755)


def test_nft_that_dies_of_a_signal_is_run_again(tool: Path) -> None:
    write(tool / "nft", 'if [ "$(wc -l <count)" -lt 3 ]; then kill -SEGV $$; fi; cat')
    assert run(["nft", "-f", "-"], "the script") == "the script"


def test_nft_that_always_dies_is_refused(tool: Path) -> None:
    write(tool / "nft", "kill -SEGV $$")
    with pytest.raises(Refused, match="status -11"):
        run(["nft", "-f", "-"], "the script")
    assert (tool / "count").read_text().count("x") == 3


def test_a_refusal_in_words_is_final(tool: Path) -> None:
    write(tool / "nft", "echo no such table >&2; exit 1")
    with pytest.raises(Refused, match="no such table"):
        run(["nft", "list", "ruleset"])
    assert (tool / "count").read_text() == "x\n"


def test_other_tools_are_run_once(tool: Path) -> None:
    write(tool / "conntrack", "kill -SEGV $$")
    with pytest.raises(Refused):
        run(["conntrack", "-D"])
    assert (tool / "count").read_text() == "x\n"
