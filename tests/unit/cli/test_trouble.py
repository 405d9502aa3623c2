# SPDX-License-Identifier: Apache-2.0
"""Faults of our own, closed pipes, JSON refusals, signals."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from .conftest import Desk


@pytest.fixture
def broken(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise KeyError("surprise\nsecond line")

    monkeypatch.setattr("ringfence.app.rules.entries", fail)


def test_a_fault_is_one_sentence_and_a_file(desk: Desk, broken: None) -> None:
    (desk.folder / "state").mkdir()
    ran = desk("rules")
    assert ran.status == 3
    assert "Traceback" not in ran.err
    assert "Ringfence met a fault of its own (KeyError" in ran.err
    written = list((desk.folder / "state").glob("*fault-*.txt"))
    assert len(written) == 1
    assert str(written[0]) in "".join(ran.err.split()) or written[0].name in ran.err
    assert "Traceback" in written[0].read_text()
    assert written[0].stat().st_mode & 0o777 == 0o600


def test_debugging_shows_the_traceback(desk: Desk, broken: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RINGFENCE_DEBUG", "1")
    with pytest.raises(KeyError):
        desk("rules")


def test_refusals_as_json(desk: Desk) -> None:
    ran = desk("status", "--json")
    assert ran.message == {
        "version": 1,
        "problem": "Site works was never applied here.",
        "next_step": "Apply it first with 'ringfence apply'.",
        "exit_status": 2,
        "findings": [],
    }


def test_usage_errors_name_the_help(desk: Desk) -> None:
    ran = desk("grant", "vendor")
    assert ran.status == 2
    assert "ringfence grant --help" in ran.err


def test_a_reader_that_leaves_is_no_fault(desk: Desk) -> None:
    command = [sys.executable, "-m", "ringfence", "rules"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=dict(os.environ)) as ran:
        assert ran.stdout is not None
        assert ran.stderr is not None
        ran.stdout.close()
        assert ran.stderr.read() == b""
        assert ran.wait(30) == 141


def test_interrupted_before_anything_happened(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("ringfence.app.rules.rules", interrupt)
    ran = desk("rules")
    assert ran.status == 130
    assert "before anything was changed" in ran.err


def test_the_second_signal_leaves_at_once(tmp_path: Path) -> None:
    code = (
        "import os, signal\nfrom ringfence.app.session import Cancel\nfrom ringfence.cli.interrupt import stopping\n"
        "with stopping(Cancel()):\n    os.kill(os.getpid(), signal.SIGINT)\n    os.kill(os.getpid(), signal.SIGINT)\n"
        "    raise SystemExit(99)\n"
    )
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False, cwd=tmp_path)
    assert ran.returncode == 130
    assert "Press Ctrl-C once more" in ran.stderr
    assert "'ringfence revert'" in ran.stderr
