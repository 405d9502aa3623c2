# SPDX-License-Identifier: Apache-2.0
"""Every criterion, every way: what holds, what breaks it, what hides it, and what it is worth below its level."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path

import pytest
from tests import factory

from ringfence.assure.running.check import Check, State, verdict
from ringfence.assure.running.criteria import HOST, MACHINE
from ringfence.assure.running.criterion import Criterion
from ringfence.assure.running.ground import HostGround, MachineGround
from ringfence.assure.running.judge import OLDEST_S, judge, verdicts
from ringfence.facts.running import RunningFacts
from ringfence.facts.unseen import Unseen

from .cases import ASIDE, BREAKS, HIDES, HOLDS, Change, unseen_places
from .ground import GOOD, SYSCTLS, bindings, changed, site, with_

GOLDEN = Path(__file__).parents[3] / "golden" / "checks"
ALL: Mapping[str, Criterion[MachineGround] | Criterion[HostGround]] = {
    **{one.id: one for one in MACHINE},
    **{one.id: one for one in HOST},
}
EVERY = {
    id_: {
        "holds": HOLDS.get(id_, ()),
        **BREAKS[id_],
        **{f"hidden: {name}": changes for name, changes in HIDES[id_].items()},
        **({"aside": ASIDE[id_]} if id_ in ASIDE else {}),
    }
    for id_ in ALL
}


def judged(facts: RunningFacts, level: int = 4) -> dict[str, Check]:
    found = judge(facts, site(level), bindings(), factory.NOW)
    return {one.id: one for one in found}


def of(id_: str, changes: tuple[Change, ...], level: int = 4) -> Check:
    return judged(with_(*changes), level)[id_]


def test_every_criterion_is_tried_both_ways() -> None:
    assert BREAKS.keys() == HIDES.keys() == ALL.keys()


@pytest.mark.parametrize("id_", ALL)
def test_a_criterion_holds_breaks_and_is_hidden(id_: str) -> None:
    assert of(id_, HOLDS.get(id_, ())).state is State.PASS
    assert {name: of(id_, changes).state for name, changes in BREAKS[id_].items()} == dict.fromkeys(
        BREAKS[id_], State.FAIL
    )
    assert {name: of(id_, changes).state for name, changes in HIDES[id_].items()} == dict.fromkeys(
        HIDES[id_], State.UNPROVEN
    )


@pytest.mark.parametrize("id_", ASIDE)
def test_a_question_that_does_not_arise(id_: str) -> None:
    assert of(id_, ASIDE[id_]).state is State.NOT_APPLICABLE


@pytest.mark.parametrize("id_", ALL)
def test_below_its_level_it_is_a_weakness_that_is_told(id_: str) -> None:
    changes = next(iter(BREAKS[id_].values()))
    for level in range(5):
        found = of(id_, changes, level)
        assert found.state is (State.FAIL if level >= ALL[id_].from_level else State.WEAK)
        assert found.next_step


@pytest.mark.parametrize("id_", ALL)
def test_what_is_said(id_: str, regenerate: bool) -> None:
    lines = (f"{name}\n{_shown(of(id_, changes))}" for name, changes in EVERY[id_].items())
    told = f"{ALL[id_].title} (from SL-T {ALL[id_].from_level})\n\n" + "\n\n".join(lines) + "\n"
    path = GOLDEN / f"{id_}.txt"
    if regenerate:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(told, encoding="utf-8")
    assert path.read_text(encoding="utf-8") == told


def _shown(one: Check) -> str:
    return "\n".join(
        f"  {line}".rstrip() for line in (f"{one.state}: {one.sentence}", one.next_step, f"({one.observed})")
    )


@pytest.mark.parametrize("place", sorted(unseen_places()))
def test_nothing_that_was_not_seen_makes_anything_hold(place: str) -> None:
    """Whatever is hidden, a check that failed does not pass, and none is proven by it."""
    everything_wrong = tuple(change for changes in BREAKS.values() for change in next(iter(changes.values())))
    for start in (GOOD, with_(*everything_wrong)):
        before = judged(start)
        first, dot, rest = place.partition(".")
        full = {"machine": "machines.scada", "process": "machines.scada.process", "live": "machines.scada.live"}
        after = judged(changed(start, f"{full.get(first, first)}{dot}{rest}", Unseen("Hidden.")))
        risen = [id_ for id_, one in after.items() if one.state is State.PASS and before[id_].state is not State.PASS]
        assert risen == []


def test_a_machine_and_a_host_that_hold_everything_are_proven() -> None:
    found = judge(GOOD, site(), bindings(), factory.NOW)
    assert verdicts(found) == {"host/server1": "proven", "workload/scada": "proven"}


def test_verdicts() -> None:
    assert verdict(()) == "unproven"
    found = judged(with_(("process.credentials.seccomp", Unseen("x"))))
    assert verdict([one for one in found.values() if one.subject == "workload/scada"]) == "unproven"
    found = judged(with_(("process.credentials.seccomp", 0)))
    assert verdict([one for one in found.values() if one.subject == "workload/scada"]) == "failed"


def test_the_host_is_judged_by_the_highest_level_that_it_carries() -> None:
    assert {one.level for one in judged(GOOD, 3).values()} == {3}
    low, high = factory.zone(), site(4).zones["control"]
    both = factory.site(site().workloads.values(), [high, changed(low, "name", "yard")], hosts=site().hosts)
    assert next(one for one in judge(GOOD, both, bindings(), factory.NOW) if one.subject == "host/server1").level == 4


def test_a_machine_that_does_not_run_is_not_proven() -> None:
    resting = with_(("machine.state", "stopped"), ("machine.process", Unseen("It does not run.")))
    found = judge(resting, site(), bindings(), factory.NOW)
    own = [one for one in found if one.subject == "workload/scada"]
    assert {one.state for one in own} == {State.NOT_APPLICABLE}
    assert verdicts(found)["workload/scada"] == "unproven"


def test_a_switch_of_a_part_that_the_kernel_does_not_have_is_not_missed() -> None:
    fewer = {name: value for name, value in SYSCTLS.items() if name != "net.core.bpf_jit_harden"}
    assert judged(with_(("host.hardening.sysctls", fewer)))["RF-KRN-009"].state is State.PASS


def test_names_that_strangers_chose_do_nothing_to_a_terminal() -> None:
    found = judged(with_(("machine.neighbours", ("\x1b[2J\nall is well (9)",))))["RF-PRC-001"]
    assert "\\x1b[2J\\x0aall is well (9)" in found.sentence
    many = judged(with_(("process.devices", tuple(f"{'d' * 1000}{number}" for number in range(50)))))["RF-PRC-007"]
    assert len(many.sentence) < 2100


def test_old_facts_prove_nothing() -> None:
    later = factory.NOW + timedelta(seconds=OLDEST_S + 1)
    found = judge(GOOD, site(), bindings(), later)
    assert State.PASS not in {one.state for one in found}
    assert set(verdicts(found).values()) == {"unproven"}


def test_a_workload_that_was_never_applied_is_unproven() -> None:
    found = {one.id: one for one in judge(GOOD, site(), {}, factory.NOW)}
    assert found["RF-PRC-001"].state is found["RF-MCH-002"].state is State.UNPROVEN


def test_a_fault_in_a_criterion_hides_nothing_else() -> None:
    found = judged(with_(("process.credentials", 4711)))
    assert found["RF-PRC-003"].state is State.UNPROVEN
    assert "a fault in Ringfence" in found["RF-PRC-003"].sentence
    assert found["RF-PRC-011"].state is State.PASS
