# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

from ringfence.base.diagnostics import Diagnostic, Severity
from ringfence.base.errors import BadInput, Busy, DeadlinePassed, Refused, RingfenceError, WorldMoved
from ringfence.base.marks import Mark


def test_a_diagnostic_reads_as_a_line() -> None:
    found = Diagnostic("RF-X", Severity.HIGH, "zone/a", "It is open.", "Close it.", Mark("site.yaml", 3, 7))
    assert str(found) == "site.yaml:3:7: high RF-X zone/a: It is open. Close it."
    placeless = Diagnostic("RF-X", Severity.INFO, "zone/a", "It is open.", "Close it.")
    assert str(placeless) == "info RF-X zone/a: It is open. Close it."


def test_severities_stand_worst_first() -> None:
    assert [str(one) for one in Severity] == ["error", "high", "medium", "low", "info"]


def test_marks_stand_in_the_order_of_the_file() -> None:
    places = [Mark("a", 2, 1), Mark("a", 1, 9), Mark("a", 1, 2)]
    assert sorted(places) == [Mark("a", 1, 2), Mark("a", 1, 9), Mark("a", 2, 1)]


def test_errors_know_the_next_step_and_the_exit_status() -> None:
    refused = BadInput("It has errors.", "Mend them.", [Diagnostic("RF-X", Severity.ERROR, "site", "No.", "Yes.")])
    assert str(refused) == "It has errors. Mend them."
    assert (refused.next_step, refused.exit_status, len(refused.diagnostics)) == ("Mend them.", 2, 1)
    for kind in (Refused, DeadlinePassed, WorldMoved, Busy):
        assert kind("It did not.", "Wait.").exit_status == 3
        assert issubclass(kind, RingfenceError)
