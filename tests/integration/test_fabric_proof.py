# SPDX-License-Identifier: Apache-2.0
"""The proof over what a real kernel has loaded: equal to the site, and what was changed by hand is found there."""

from __future__ import annotations

import subprocess
from collections.abc import Callable, Iterator

import pytest
from tests.integration.fabric.stage import Stage, waterworks

from ringfence.app.claims import claims
from ringfence.compile.document import Document
from ringfence.proof.compare import compare
from ringfence.proof.line import line_of
from ringfence.proof.reach import reach
from ringfence.proof.verdict import Verdict
from ringfence.proof.wording import told


@pytest.fixture(scope="module")
def standing() -> Iterator[Stage]:
    with waterworks("t-prove").standing() as stage:
        yield stage


def loaded(stage: Stage) -> dict[str, Document]:
    return dict(stage.driver.observe(stage.scope))


def proof(stage: Stage, documents: dict[str, Document]) -> Verdict:
    hosted = frozenset(stage.site.workloads)
    return compare(reach(documents.values()), claims(stage.site, hosted, stage.bindings, stage.scope, stage.now))


def inside(stage: Stage, *command: str) -> None:
    subprocess.run(["ip", "netns", "exec", stage.scope.namespace, *command], check=True)


def handle(stage: Stage, chain: str) -> str:
    """Return the handle of the rule by hand, which has no comment of ours."""
    listed = ["ip", "netns", "exec", stage.scope.namespace, "nft", "-a", "list", "chain", "inet", stage.scope.table]
    text = subprocess.run([*listed, chain], check=True, capture_output=True, text=True).stdout
    (found,) = [line for line in text.splitlines() if "# handle" in line and '"mine"' in line]
    return found.rpartition(" ")[2]


@pytest.fixture
def by_hand(standing: Stage) -> Iterator[Callable[..., None]]:
    """Insert a rule at the start of the router's forward chain, and take it away again."""

    def insert(*words: str) -> None:
        inside(standing, "nft", "insert", "rule", "inet", standing.scope.table, "forward", *words, "comment", '"mine"')

    yield insert
    inside(
        standing,
        "nft",
        "delete",
        "rule",
        "inet",
        standing.scope.table,
        "forward",
        "handle",
        handle(standing, "forward"),
    )


def test_what_a_kernel_has_loaded_is_proven(standing: Stage) -> None:
    verdict = proof(standing, loaded(standing))
    assert verdict.word == "proven", verdict


def test_a_rule_by_hand_is_a_counter_example_with_its_text(standing: Stage, by_hand: Callable[..., None]) -> None:
    by_hand("tcp", "dport", "22", "accept")
    documents = loaded(standing)
    verdict = proof(standing, documents)
    assert verdict.word == "wrong"
    (found,) = verdict.undeclared
    assert found.rule is not None
    assert line_of(documents, found.rule).text == "tcp dport 22 accept"
    assert "port 22" in told(found.packet, found.source, found.target)
    assert len(found.more) > 10, "one rule opens it between everybody: they are named with it"


def test_a_rule_that_the_algebra_does_not_know_is_unproven(standing: Stage, by_hand: Callable[..., None]) -> None:
    by_hand("tcp", "flags", "syn", "counter")
    verdict = proof(standing, loaded(standing))
    assert verdict.word == "unproven"
    assert ["tcp flags syn" in one.text for one in verdict.unproven] == [True]


def test_a_setting_by_hand_is_a_door(standing: Stage) -> None:
    zone = next(iter(standing.site.zones))
    inside(standing, "sysctl", "-qw", f"net.ipv4.conf.{zone}.send_redirects=1")
    try:
        doors = proof(standing, loaded(standing)).doors
    finally:
        inside(standing, "sysctl", "-qw", f"net.ipv4.conf.{zone}.send_redirects=0")
    assert [one.kind for one in doors] == ["redirects"]
