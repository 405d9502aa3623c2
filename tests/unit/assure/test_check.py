# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, timezone
from time import monotonic

import pytest
from tests.unit.assure.builders import NOW, conduit, essential, facts, site, workload, zone

from ringfence.assure.check import check, review
from ringfence.assure.ground import Ground
from ringfence.assure.rule import BROKEN_RULE, Found, rule
from ringfence.assure.rules import RULES
from ringfence.base.diagnostics import Severity
from ringfence.base.marks import Mark
from ringfence.site.exception import AcceptedFinding
from ringfence.site.site import Site

FACTS = {"server": facts()}
SOUND = site(
    zone("supervision", 2),
    zone("control", 1),
    workload("scada", "supervision"),
    essential("plc", "control"),
    conduit("read", "workload/scada", "workload/plc"),
)
EXPIRED = conduit("read", "workload/scada", "workload/plc", expires=date(2026, 2, 28))
OLD = replace(SOUND, conduits={"read": EXPIRED})


def accept(rule_id: str, subject: str, expires: date = date(2026, 12, 31)) -> AcceptedFinding:
    return AcceptedFinding(rule_id, subject, "The line is rebuilt in autumn.", "plant manager", expires)


def ids(of: Site, now: datetime = NOW) -> list[str]:
    return [found.id for found in check(of, FACTS, now)]


def test_a_sound_site_has_no_findings() -> None:
    assert check(SOUND, FACTS, NOW) == ()


def test_a_time_without_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="time zone"):
        check(SOUND, FACTS, datetime(2026, 3, 1))  # noqa: DTZ001 - that is the point


def test_expiry_is_the_end_of_the_day_in_utc() -> None:
    last = datetime(2026, 2, 28, 23, 59, tzinfo=UTC)
    assert "RF-CON-032" not in ids(OLD, last)
    assert "RF-CON-032" not in ids(OLD, last.astimezone(timezone(timedelta(hours=9))))
    assert "RF-CON-032" in ids(OLD, last + timedelta(minutes=1))


def test_an_exception_silences_its_rule_and_subject_only() -> None:
    accepted = replace(OLD, exceptions=(accept("RF-CON-032", "conduit/read"),))
    assert ids(accepted) == []
    assert [one.finding.id for one in review(accepted, FACTS, NOW).silenced] == ["RF-CON-032"]
    assert ids(replace(OLD, exceptions=(accept("RF-CON-032", "conduit/other"),))) == ["RF-CON-032", "RF-EXC-004"]


def test_an_expired_exception_brings_its_finding_back() -> None:
    accepted = replace(OLD, exceptions=(accept("RF-CON-032", "conduit/read", date(2026, 2, 28)),))
    assert ids(accepted) == ["RF-CON-032", "RF-EXC-001"]


def test_an_exception_about_a_host_is_left_alone_where_the_host_was_not_observed() -> None:
    accepted = replace(SOUND, exceptions=(accept("RF-HST-001", "host/server"),))
    assert ids(accepted) == ["RF-EXC-004"]
    assert [found.id for found in check(accepted, {}, NOW)] == ["RF-HST-010"]


def test_an_error_cannot_be_accepted() -> None:
    secure = replace(SOUND.workloads["scada"], firmware="uefi-secure")
    wanted = replace(
        SOUND,
        workloads={**SOUND.workloads, "scada": secure},
        exceptions=(accept("RF-NYI-008", "workload/scada"),),
    )
    assert ids(wanted) == ["RF-NYI-008", "RF-EXC-005"]


def test_a_rule_that_breaks_hides_no_other() -> None:
    @rule("RF-CON-999", Severity.LOW, fix="None.")
    def broken(ground: Ground) -> list[Found]:
        raise KeyError(ground.site.name)

    findings = review(OLD, FACTS, NOW, [broken, *RULES]).findings
    assert [(found.id, found.subject) for found in findings] == [
        ("RF-CON-032", "conduit/read"),
        (BROKEN_RULE, "rule/RF-CON-999"),
    ]


def test_worst_come_first_then_the_order_of_the_file() -> None:
    things = [
        zone("dmz", 3.5),
        workload("jump", "dmz"),
        conduit("b", "workload/jump", "workload/plc", reason="tbd"),
        conduit("a", "workload/scada", "workload/plc", reason="tbd", owner="?"),
        *SOUND.zones.values(),
        *SOUND.workloads.values(),
    ]
    marks = {"conduit/a": Mark("site.yaml", 90, 3), "conduit/b": Mark("site.yaml", 10, 3)}
    found = check(replace(site(*things), marks=marks), FACTS, NOW)
    assert [(one.id, one.subject) for one in found] == [
        ("RF-CON-002", "conduit/b"),
        ("RF-CON-021", "conduit/b"),
        ("RF-CON-030", "conduit/b"),
        ("RF-CON-030", "conduit/a"),
        ("RF-CON-031", "conduit/a"),
    ]


def test_a_large_site_is_checked_in_seconds() -> None:
    zones = [zone(f"z{number}", number % 4, ipv4=None) for number in range(40)]
    workloads = [essential(f"w{number}", f"z{number % 40}") for number in range(2000)]
    conduits = [
        conduit(f"c{number}", f"workload/w{number % 2000}", f"workload/w{number * 7 % 2000}", "modbus", "ssh")
        for number in range(10_000)
    ]
    large = site(*zones, *workloads, *conduits)
    before = monotonic()
    check(large, FACTS, NOW)
    assert monotonic() - before < 5
