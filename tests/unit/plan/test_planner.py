# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

from dataclasses import replace

import pytest
from tests.unit.plan.plant import IMAGE, Plant, Strict, Vm, intent, observed, small

from ringfence.base.errors import BadInput
from ringfence.compile.document import Document, Kind
from ringfence.plan.change import Impact
from ringfence.plan.plan import Plan
from ringfence.plan.planner import make_plan
from ringfence.plan.step import Step


def plan(new: Plant, old: Plant | None = None, destroy: tuple[str, ...] = ()) -> Plan:
    before = old.artifacts() if old else ()
    return make_plan(intent(before, destroy), new.artifacts(), observed(before), Strict())


def ids(made: Plan) -> list[str]:
    return [step.id for step in made.steps]


def step(made: Plan, name: str) -> Step:
    return next(found for found in made.steps if found.id == name)


NOTHING = Plant((), zones=())


def test_from_nothing_the_fabric_comes_first_and_the_boot_files_last() -> None:
    found = ids(plan(small()))
    assert found[:5] == ["make:hostnet", "make:namespace", "make:link", "make:table", "make:guard"]
    assert found[-1] == "make:boot"


def test_what_goes_goes_before_what_comes() -> None:
    old = small()
    new = replace(old.without("historian"), zones=("view",))
    found = ids(plan(new, old))
    assert found[:3] == ["close", "stop:historian", "remove:port"]
    assert found.index("remove:link") < found.index("make:link") < found.index("make:table")


def test_stops_come_in_the_reverse_order_of_after() -> None:
    made = plan(NOTHING, small())
    assert step(made, "stop:plc").needs == ("close", "stop:scada")


def test_a_start_waits_for_the_health_of_those_before_it() -> None:
    made = plan(small())
    start = step(made, "make:run/scada")
    assert start.waits == ("plc",)
    assert {"make:run/plc", "make:port/plc"} <= set(start.needs)
    probe = next(found for found in made.steps if found.title == "open conduit probe/plc")
    assert probe.id in start.needs


def test_who_comes_after_one_that_runs_already_still_waits_for_its_health() -> None:
    made = plan(small(), small().without("scada"))
    start = step(made, "make:run/scada")
    assert start.waits == ("plc",)
    assert not any("plc" in need for need in start.needs)


def test_conduits_that_wait_for_the_same_open_together() -> None:
    old = small(conduits={})
    conduits = {f"c{number}": ("scada", "plc") for number in range(50)}
    made = plan(small(conduits=conduits), old)
    assert ids(made) == [next(name for name in ids(made) if name.startswith("open")), "make:boot"]
    assert len(made.steps[0].changes) == 50
    assert len(made.flows) == 50


def test_a_conduit_waits_for_both_its_ends() -> None:
    made = plan(small())
    read = next(found for found in made.steps if found.title == "open conduit read")
    assert {"make:run/scada", "make:run/plc", "make:port/plc", "make:guard"} <= set(read.needs)


def test_a_new_definition_of_what_runs_is_a_restart_that_sets_its_port_again() -> None:
    made = plan(small().with_vm("scada", version=2), small())
    restart = step(made, "make:run/scada")
    assert (restart.impact, restart.title) == (Impact.RESTART, "restart workload scada")
    assert restart.needs == ("make:domain/scada",)
    assert step(made, "make:port/scada").needs == ("make:run/scada",)
    assert step(made, "make:domain/scada").impact is Impact.NONE


def test_a_paused_workload_is_brought_back_without_a_restart() -> None:
    world = observed(small().artifacts())
    run = "host/server1/live/run/scada"
    world[run] = replace(world[run], parts={**world[run].parts, "state": "paused"})
    (found,) = make_plan(intent(), small().artifacts(), world, Strict()).steps[:1]
    assert (found.title, found.impact) == ("bring back workload scada", Impact.NONE)


@pytest.mark.parametrize(
    ("consent", "critical"),
    [("", True), ("stop", True), ("restart", False), ("cut restart", False), ("stop,restart", False)],
)
def test_an_essential_function_is_critical_unless_the_site_consents(consent: str, critical: bool) -> None:
    old = small().with_vm("plc", consent=consent)
    made = plan(old.with_vm("plc", version=2), old)
    assert step(made, "make:run/plc").critical is critical


def test_the_facts_of_what_goes_come_from_the_last_revision() -> None:
    made = plan(small().without("plc"), small())
    stop = step(made, "stop:plc")
    assert (stop.critical, stop.clauses, stop.workload, stop.impact) == (True, ("workload/plc",), "plc", Impact.STOP)


def test_closing_and_narrowing_cut_traffic_and_opening_does_not() -> None:
    made = plan(small().without("historian"), small())
    assert step(made, "close").impact is Impact.TRAFFIC_CUT
    assert all(found.impact is Impact.NONE for found in plan(small()).steps)


def test_replacing_a_table_cuts_nothing() -> None:
    made = plan(small(policy="accept"), small())
    assert step(made, "make:table").impact is Impact.NONE


def test_a_disk_is_destroyed_only_when_somebody_said_so() -> None:
    made = plan(small().without("historian"), small())
    assert not [name for name in ids(made) if "volume" in name]
    (sentence,) = made.kept
    assert sentence.startswith("Disk root of workload historian is kept, although the site does not name it")
    assert sentence.endswith("'--destroy-data historian/root'.")


@pytest.mark.parametrize("consent", ["historian", "historian/root", "volume/historian/root"])
def test_with_consent_it_goes_last(consent: str) -> None:
    made = plan(small().without("historian"), small(), (consent,))
    assert ids(made)[-1] == "destroy:volume/historian"
    assert made.steps[-1].impact is Impact.DATA_LOSS
    assert made.kept == ()


def test_the_image_under_a_kept_disk_is_kept() -> None:
    made = plan(NOTHING, small())
    assert "remove:image" not in ids(made)
    made = make_plan(intent(small().artifacts()), (), observed(small().artifacts()), Strict())
    assert "remove:image" not in ids(made)
    assert f"Image {IMAGE[:12]} is kept, because a disk is built on it." in made.kept
    names = tuple(vm.name for vm in small().vms)
    made = make_plan(intent(small().artifacts(), names), (), observed(small().artifacts()), Strict())
    assert ids(made)[-1] == "remove:image"


def test_a_disk_grows_and_never_shrinks() -> None:
    grown = plan(small().with_vm("scada", disk_mib=2048), small())
    assert step(grown, "make:volume/scada").impact is Impact.NONE
    shrunk = plan(small().with_vm("scada", disk_mib=512), small(), ("scada",))
    assert "make:volume/scada" not in ids(shrunk)
    assert "its size is 1024 MiB, the site says 512 MiB" in shrunk.kept[0]


def test_rights_of_a_disk_are_put_right_and_its_base_is_not() -> None:
    volume = "host/server1/live/volume/scada/root"

    def world(**parts: str) -> dict[str, Document]:
        found = observed(small().artifacts())
        found[volume] = replace(found[volume], parts={**found[volume].parts, **parts})
        return found

    assert ids(make_plan(intent(), small().artifacts(), world(mode="0666"), Strict())) == ["make:volume/scada"]
    made = make_plan(intent(), small().artifacts(), world(backing="/etc/shadow"), Strict())
    assert (made.steps, len(made.kept)) == ((), 1)


def test_workloads_that_wait_for_each_other_are_refused() -> None:
    circle = Plant((Vm("a", after=("b",)), Vm("b", after=("a",))))
    with pytest.raises(BadInput, match="wait for each other"):
        plan(circle)


def test_steps_carry_where_they_come_from() -> None:
    made = plan(small())
    assert step(made, "make:run/scada").clauses == ("workload/scada",)
    assert step(made, "make:guard").clauses == ("workload/historian", "workload/plc", "workload/scada")
    assert step(made, "make:guard").workload is None


def test_kinds_of_one_step_are_one() -> None:
    for found in plan(NOTHING, small(), ("plc", "scada", "historian")).steps:
        assert {change.kind for change in found.changes} == {found.kind}
    assert Kind.NAMESPACE not in {found.kind for found in plan(small(), small()).steps}


def test_a_conduit_that_closes_and_opens_does_not_wait_to_close() -> None:
    old = small(conduits={"read": ("scada", "plc")})
    new = replace(old, vms=(*old.vms, Vm("hmi", number=7)), conduits={"read": ("hmi", "plc")})
    made = plan(new, old)
    close, open_ = (found for found in made.steps for change in found.changes if change.address.endswith("/read"))
    assert (close.id, close.title, close.impact) == ("close", "change conduit read", Impact.TRAFFIC_CUT)
    assert "make:run/hmi" in open_.needs
    (narrowed,), (opened,) = (
        [change for change in found.changes if change.address.endswith("/read")] for found in (close, open_)
    )
    assert [part.after for part in narrowed.parts] == [None]
    assert [part.before for part in opened.parts] == [None]
    assert narrowed.after == opened.before
    assert sorted((flow.source, flow.opens) for flow in made.flows if flow.conduit == "conduit/read") == [
        ("10.0.0.4", False),
        ("10.0.0.9", True),
    ]


def test_a_conduit_between_what_is_up_changes_in_one_transaction() -> None:
    old = small(conduits={"read": ("scada", "plc")})
    made = plan(replace(old, conduits={"read": ("historian", "plc")}), old)
    assert len([change for found in made.steps for change in found.changes if change.kind is Kind.CONDUIT]) == 1
