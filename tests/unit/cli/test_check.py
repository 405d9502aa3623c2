# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import pytest

from .conftest import Desk


def test_a_clean_site(desk: Desk) -> None:
    ran = desk("check")
    assert ran.out.splitlines()[-1].startswith("site.yaml: ")
    assert ran.status == int(" medium" in ran.out or " high" in ran.out)


def test_findings_are_shown_with_place_line_and_caret(desk: Desk) -> None:
    desk.change("reason: The operators see levels.", "reason: The operators see levels.\n    expires: 2020-01-31")
    ran = desk("check")
    assert ran.status == 1
    assert "site.yaml:" in ran.out
    assert "What to do: " in ran.out
    lines = ran.out.splitlines()
    caret = next(line for line in lines if line.strip().endswith("^"))
    source = lines[lines.index(caret) - 1]
    assert source[caret.index("^")] != " "


def test_errors_are_told_together_and_nothing_else_happens(desk: Desk) -> None:
    desk.change("sl_t: 1, ipv4: 10.81.1.0/24", "sl_t: 9, ipv4: 10.81.1.0/33")
    desk.change("memory: 128 MiB\n    image: nano\n    after", "memry: 128 MiB\n    image: nano\n    after")
    ran = desk("check")
    assert ran.status == 2
    assert ran.out == ""
    for told in ("RF-SITE-RANGE", "RF-SITE-ADDRESS", "RF-SITE-UNKNOWN-KEY", "Did you mean 'memory'?"):
        assert told in ran.err
    assert "Error: site.yaml has" in ran.err


def test_json(desk: Desk) -> None:
    ran = desk("check", "--json")
    assert ran.message["version"] == 1
    assert ran.message["site"] == "works"
    assert ran.message["errors"] == 0


def test_errors_as_json(desk: Desk) -> None:
    desk.change("ipv4: 10.81.1.0/24", "ipv4: 10.81.1.0/33")
    ran = desk("--json", "check")
    assert ran.status == ran.message["exit_status"] == 2
    assert ran.message["findings"][0]["line"] == 6
    assert ran.message["next_step"]


def test_a_missing_file_names_the_next_step(desk: Desk) -> None:
    ran = desk("check", "nowhere.yaml")
    assert ran.status == 2
    assert "ringfence init" in ran.err


def test_the_environment_names_the_site(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    desk.file.rename(desk.folder / "plant.yaml")
    monkeypatch.setenv("RINGFENCE_SITE", "plant.yaml")
    assert "plant.yaml: " in desk("check").out


def test_what_is_said_wins_over_the_environment(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RINGFENCE_SITE", "nowhere.yaml")
    assert "site.yaml: " in desk("check", "--site", "site.yaml").out
    assert "site.yaml: " in desk("-s", "site.yaml", "check").out


def test_accepted_findings_are_counted_and_shown_on_request(desk: Desk) -> None:
    text = desk.file.read_text()
    found = desk("check", "--json").message["findings"]
    first = next(one for one in found if one["severity"] != "error")
    desk.file.write_text(
        f"{text}exceptions:\n  - rule: {first['id']}\n    subject: {first['subject']}\n"
        "    reason: It is a test.\n    owner: Control room\n    expires: 2099-12-31\n"
    )
    assert "accepted by exceptions" in desk("check").out
    assert "Accepted by exceptions:" in desk("check", "--verbose").out
