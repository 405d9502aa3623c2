# SPDX-License-Identifier: Apache-2.0
"""prove, as a person meets it, on a simulated host."""

from __future__ import annotations

from pathlib import Path
from xml.etree import ElementTree as ET

import click
import pytest

from ringfence.cli.names import QUESTION
from ringfence.compile.document import Document
from ringfence.compile.scope import Scope
from ringfence.plan.change import Change

from .conftest import Desk

_WHY = click.Option(["--why"])
ELEMENT = "element/c4_supervision/10.81.2.11 . 10.81.1.11 . tcp . 502"


def _meddle(desk: Desk, scope: Scope, names: tuple[str, ...], parts: dict[str, str | None]) -> None:
    """Change parts of an artifact by hand, behind Ringfence's back; None takes one away."""
    port, address = desk.host.artifacts, scope.address(*names)
    before = port.observe(scope)[address]
    kept = {**before.parts, **parts}
    after = Document(
        address, before.kind, {key: value for key, value in kept.items() if value is not None}, before.body
    )
    port.ensure(scope, (Change(before, after),))


def test_a_site_is_proven_before_it_was_ever_applied(desk: Desk) -> None:
    ran = desk("prove")
    assert ran.status == 0, ran.err
    assert "ok What the site file compiles to: proven" in ran.out
    assert "PROVEN: nothing can flow but what the site declares" in ran.out
    message = desk("prove", "--json").message
    assert (message["verdict"], message["revision"], len(message["proofs"])) == ("proven", 0, 1)
    assert message["proofs"][0]["undeclared"] == []


def test_what_is_loaded_is_proven_too(applied: Desk) -> None:
    ran = applied("prove", "--loaded")
    assert ran.status == 0, ran.out
    assert "What is loaded on this host: proven" in ran.out


def test_an_element_widened_by_hand_is_a_packet_a_rule_and_a_line(applied: Desk, scope: Scope) -> None:
    more = ELEMENT.removesuffix("502") + "503"
    _meddle(applied, scope, ("conduit", "poll"), {more: "goto leg_field"})
    ran = applied("prove", "--loaded")
    assert ran.status == 1
    said = " ".join(ran.out.split())
    assert (
        "UNDECLARED: IPv4 TCP from 10.81.2.11 (workload/scada/eth0) port 1024 to 10.81.1.11 (workload/plc/eth0) "
        "port 503, the first of a connection."
    ) in said
    assert "let through by c4_supervision { 10.81.2.11 . 10.81.1.11 . tcp . 503 : goto leg_field }" in said
    (found,) = applied("prove", "--loaded", "--json").message["proofs"][1]["undeclared"]
    assert found["rule"]["part"] == more
    assert applied("verify", "--only", "proof").status == 1


def test_an_element_that_is_gone_is_told_with_the_rule_that_drops_its_packets(applied: Desk, scope: Scope) -> None:
    _meddle(applied, scope, ("conduit", "poll"), {ELEMENT: None})
    ran = applied("prove", "--loaded")
    assert ran.status == 1
    assert "which conduit/poll declares" in " ".join(ran.out.split())
    (found,) = applied("prove", "--loaded", "--json").message["proofs"][1]["unreachable"]
    assert found["owner"] == "conduit/poll"
    assert found["rule"]["part"] == "rule/deny_undeclared/drop"


def test_a_rule_that_nobody_understands_is_unproven(applied: Desk, scope: Scope) -> None:
    _meddle(applied, scope, ("table", "router"), {"order/input": "mine", "rule/input/mine": "frobnicate accept"})
    message = applied("prove", "--loaded", "--json").message["proofs"][1]
    (found,) = message["not_understood"]
    assert found["where"]["part"] == "rule/input/mine"
    assert "NOT UNDERSTOOD" in applied("prove", "--loaded").out


def test_an_island_counts_as_declared(applied: Desk) -> None:
    applied("island", "field")
    for options in ((), ("--loaded",)):
        ran = applied("prove", *options)
        assert ran.status == 0, ran.out
        assert "island/field" in ran.out


def test_a_grant_counts_as_declared_where_it_is_loaded(applied: Desk) -> None:
    applied("grant", "vendor", "--for", "30m", "--reason", "repairs")
    assert applied("prove", "--loaded").status == 0


def test_why_names_the_conduit_and_the_element_both_ways(desk: Desk) -> None:
    ran = desk("prove", "--why", "scada", "plc", "modbus")
    said = " ".join(ran.out.split())
    assert ran.status == 0
    assert "scada may open tcp/502 to plc: conduit poll declares it (The operators see levels)." in said
    assert "plc may answer scada: conduit poll declares it" in said
    assert "Nothing declares that plc may open tcp/502 to scada." in said
    assert "It ends at rule deny_undeclared/drop, 'drop' (host/server1/live/table/router, line" in said
    assert "where rule forward/undeclared, 'goto deny_undeclared' sends it" in said
    message = desk("prove", "--why", "scada", "plc", "modbus", "--json").message
    assert [message[way]["passes"] for way in ("opening", "answer", "turned")] == [True, True, False]
    assert message["verdict"] == "proven"


def test_why_not_says_what_would_let_it(desk: Desk) -> None:
    ran = desk("prove", "--why", "scada", "plc", "ssh")
    assert ran.status == 1
    said = " ".join(ran.out.split())
    assert "Conduit vendor is dormant and would let it; open it with 'ringfence grant vendor --for 30m'." in said
    assert "What scada may open to plc: modbus." in said
    assert desk("prove", "--why", "10.81.1.11", "scada", "ping").status == 1


def test_verbose_tells_what_a_packet_meets(desk: Desk) -> None:
    question = ("prove", "--why", "scada", "plc", "ssh")
    assert "What it meets, in order:" not in desk(*question).out
    said = " ".join(desk(*question, "-v").out.split())
    assert "What it meets, in order:" in said
    for line in desk(*question, "--json").message["opening"]["path"]:
        assert " ".join(f"{line['text']} ({line['artifact']}".split()) in said


def test_a_rule_by_hand_that_no_flow_counts_leaves_no_answer_certain(applied: Desk, scope: Scope) -> None:
    _meddle(applied, scope, ("table", "router"), {"foreign/rule/forward/319": "tcp dport 22 accept"})
    ran = applied("prove", "--loaded", "--why", "scada", "plc", "ssh")
    assert ran.status == 3
    said = " ".join(ran.out.split())
    assert "it does not pass, as far as it is understood." in said
    assert "it may change the answer: In table/router: foreign/rule/forward/319: tcp dport 22 accept." in said
    assert applied("prove", "--loaded", "--why", "scada", "plc", "modbus").status == 3
    matrix = applied("prove", "--loaded", "--matrix")
    assert matrix.status == 1
    assert "?? Not counted here: In table/router: foreign/rule/forward/319: tcp dport 22 accept." in matrix.out


@pytest.mark.parametrize(
    ("question", "problem"),
    [
        (("scada", "plc", "no-such"), "There is no service no-such."),
        (("nobody", "plc", "ssh"), "It has: plc, scada."),
    ],
)
def test_unknown_names_are_bad_input(desk: Desk, question: tuple[str, str, str], problem: str) -> None:
    ran = desk("prove", "--why", *question)
    assert ran.status == 2
    assert problem in ran.err


def test_the_matrix_tells_who_may_open_what(desk: Desk) -> None:
    ran = desk("prove", "--matrix")
    assert ran.status == 0
    assert "supervision -> field  modbus  poll" in ran.out
    assert "scada -> plc  modbus  poll" in ran.out
    message = desk("prove", "--matrix", "--json").message
    (cell,) = message["by_end"]
    assert (cell["source"], cell["target"], cell["services"]) == ("workload/scada", "workload/plc", ["modbus"])
    assert message["zones"] == ["supervision", "field"]


def test_the_matrix_marks_what_is_undeclared_without_colour(applied: Desk, scope: Scope) -> None:
    _meddle(applied, scope, ("conduit", "poll"), {ELEMENT.removesuffix("502") + "503": "goto leg_field"})
    ran = applied("prove", "--matrix", "--loaded")
    assert ran.status == 1
    assert "UNDECLARED: tcp/503" in ran.out
    assert any(line.split()[:2] == ["1", "scada"] and "!" in line for line in ran.out.splitlines())


def test_the_matrix_is_drawn_as_well_formed_svg_that_needs_nothing_else(desk: Desk) -> None:
    ran = desk("prove", "--svg", "matrix.svg")
    assert ran.status == 0
    text = (desk.folder / "matrix.svg").read_text()
    root = ET.fromstring(text)  # noqa: S314 - our own
    assert root.get("role") == "img"
    assert "workload/scada to workload/plc: modbus. declared by conduit/poll." in text
    assert "href" not in text
    desk("prove", "--svg", "again.svg")
    assert (desk.folder / "again.svg").read_text() == text
    refused = desk("prove", "--svg", str(Path("nowhere") / "x.svg"))
    assert refused.status == 3


def test_the_question_is_completed(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RINGFENCE_SITE", str(desk.file))
    found = [item.value for item in QUESTION.shell_complete(click.Context(click.Command("prove")), _WHY, "s")]
    assert found == ["scada"]


def test_a_setting_that_was_moved_and_a_stranger_are_told_with_their_part(applied: Desk, scope: Scope) -> None:
    _meddle(applied, scope, ("link", "field"), {"router/inet.conf.send_redirects": "1", "bridge/foreign/eth9": "up"})
    ran = applied("prove", "--loaded")
    assert ran.status == 1
    said = " ".join(ran.out.split())
    assert "SETTING: In link/field: router/inet.conf.send_redirects is 1: guests are told of ways" in said
    assert "NOBODY COMPILED THIS: In link/field: bridge/foreign/eth9: up." in said
