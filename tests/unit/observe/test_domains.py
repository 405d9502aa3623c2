# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

from dataclasses import replace

import pytest
from tests.unit.compile.domain_cases import GOLDEN, SITE

from ringfence.compile.document import Kind
from ringfence.compile.scope import Scope
from ringfence.facts.domain import DomainFact
from ringfence.observe.domains import domain_documents, run_parts

SCOPE = Scope(SITE, "server1")
XML = (GOLDEN / "full" / "9.0.dump.xml").read_text(encoding="utf-8")
FACT = DomainFact(f"{SITE}-full", "running", XML, XML)


def kinds(fact: DomainFact, scope: Scope = SCOPE) -> list[Kind]:
    return [document.kind for document in domain_documents(scope, [fact]).values()]


def test_what_is_defined_and_what_runs() -> None:
    found = domain_documents(SCOPE, [FACT])
    assert set(found) == {SCOPE.address("domain", "full"), SCOPE.address("run", "full")}
    run = found[SCOPE.address("run", "full")].parts
    assert run["state"] == "running"
    assert len(run["definition"]) == 64
    assert "devices/disk[vda]" in run
    assert found[SCOPE.address("domain", "full")].body == XML


def test_a_stopped_machine_has_no_run_and_a_transient_one_no_definition() -> None:
    assert kinds(replace(FACT, state="stopped", live=None)) == [Kind.DOMAIN]
    assert kinds(replace(FACT, persistent=None)) == [Kind.RUN]


@pytest.mark.parametrize(
    "fact",
    [
        replace(FACT, name="somebody-else"),
        replace(FACT, persistent="<domain/>", live=None),
        replace(FACT, persistent="no xml", live=None),
        replace(FACT, persistent=None, live=None),
    ],
)
def test_other_peoples_domains_are_left_out(fact: DomainFact) -> None:
    assert kinds(fact) == []


def test_another_site_or_fabric_is_not_ours() -> None:
    assert kinds(FACT, Scope("other", "server1")) == []
    assert kinds(FACT, Scope(SITE, "server1", "drill")) == []


def test_a_label_that_a_hand_removed_is_found_in_what_runs() -> None:
    start, end = XML.index("  <metadata>"), XML.index("</metadata>") + len("</metadata>\n")
    bare = XML[:start] + XML[end:]
    found = domain_documents(SCOPE, [replace(FACT, persistent=bare)])
    assert len(found) == 2
    lost = run_parts(replace(FACT, live=bare))
    assert lost["definition"] == "unknown"


def test_a_device_plugged_in_by_hand_shows() -> None:
    plug = "<hostdev mode='subsystem' type='usb'><source><address bus='1' device='2'/></source></hostdev></devices>"
    before, after = run_parts(FACT), run_parts(replace(FACT, live=XML.replace("</devices>", plug)))
    assert len(after.items() - before.items()) == 1
    other = XML.replace("bridge='rfcontro", "bridge='xfcontro")
    assert run_parts(replace(FACT, live=other)) != before
