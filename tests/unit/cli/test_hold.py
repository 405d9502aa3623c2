# SPDX-License-Identifier: Apache-2.0
"""While a hold stands, nothing happens by itself; what people do goes on."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from ringfence.compile.scope import Scope
from ringfence.drivers.system.clock import SystemClock

from .conftest import Desk
from .test_emergency import stands

EXPIRES = "    service: modbus\n    expires: {day}\n    on_expiry: close\n"


def test_hold_keeps_open_what_would_close_by_itself(
    applied: Desk, scope: Scope, monkeypatch: pytest.MonkeyPatch
) -> None:
    today = datetime.now(UTC)
    applied.change("    service: modbus\n", EXPIRES.format(day=today.date().isoformat()))
    assert applied("apply", "--yes").status == 0
    applied("hold")
    monkeypatch.setattr(SystemClock, "now", lambda _: today + timedelta(days=2))
    assert applied("apply", "--yes").status == 0
    assert stands(applied, scope, "conduit", "poll")
    assert applied("release", "hold").status == 0
    assert applied("apply", "--yes").status == 0
    assert not stands(applied, scope, "conduit", "poll")


def test_a_cut_works_on_what_a_hold_keeps_open(applied: Desk, scope: Scope, monkeypatch: pytest.MonkeyPatch) -> None:
    today = datetime.now(UTC)
    applied.change("    service: modbus\n", EXPIRES.format(day=today.date().isoformat()))
    applied("hold")
    monkeypatch.setattr(SystemClock, "now", lambda _: today + timedelta(days=2))
    assert applied("apply", "--yes").status == 0
    assert stands(applied, scope, "conduit", "poll")
    assert applied("cut", "poll").status == 0
    assert not stands(applied, scope, "conduit", "poll")
    assert applied("drift").status == 0


def test_on_hold_a_failed_apply_is_not_taken_back_by_itself(
    applied: Desk, scope: Scope, monkeypatch: pytest.MonkeyPatch
) -> None:
    applied("hold")
    applied.change("service: modbus", "service: https")
    monkeypatch.setenv("RINGFENCE_FAULTS", "refuse:boot/files")
    ran = applied("apply", "--yes")
    assert ran.status == 3
    assert "Nothing is undone by itself now" in ran.out
    assert "'ringfence revert' to take it back" in " ".join(ran.out.split())
    observed = applied.host.artifacts.observe(scope)[scope.address("conduit", "poll")]
    assert any(" . 443" in key for key in observed.parts)
    monkeypatch.delenv("RINGFENCE_FAULTS")
    assert applied("revert", "--yes").status == 0
    assert any(" . 502" in key for key in applied.host.artifacts.observe(scope)[scope.address("conduit", "poll")].parts)


def test_a_hold_lifts_no_island(applied: Desk, scope: Scope) -> None:
    applied("island", "field")
    applied("hold")
    applied("release", "hold")
    assert not stands(applied, scope, "conduit", "poll")
