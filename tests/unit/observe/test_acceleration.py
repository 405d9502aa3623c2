# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import pytest

from ringfence.observe.acceleration import LETTERS, FirmwareRun, judge, judge_device

WHOLE = FirmwareRun(99, LETTERS)
KVM_ERROR = "qemu-system-x86_64: warning: host does not\nKVM internal error. Suberror: 1\nextra data[0]: 1\n"


def test_a_whole_run_is_a_yes_and_needs_no_control() -> None:
    assert judge(WHOLE, None).kvm == "yes"
    assert judge(WHOLE, None).domain_type == "kvm"


@pytest.mark.parametrize(
    ("letters", "stage"),
    [
        ("", "before its first instruction"),
        ("R", "between real mode and 64-bit mode"),
        ("RL", "at the first interrupt"),
        ("RLI", "in user mode"),
        ("RLIU", "after its last stage"),
        ("XX", "after its last stage"),
    ],
)
def test_a_stopped_run_is_a_no_that_tells_where(letters: str, stage: str) -> None:
    verdict = judge(FirmwareRun(None, letters, KVM_ERROR), WHOLE)
    assert verdict.kvm == "no"
    assert stage in verdict.why
    assert "KVM internal error. Suberror: 1" in verdict.why
    assert verdict.domain_type == "qemu"


@pytest.mark.parametrize("control", [None, FirmwareRun(1, "", "no such machine"), FirmwareRun(None, "RLI")])
def test_without_a_control_that_passes_nothing_is_known(control: FirmwareRun | None) -> None:
    assert judge(FirmwareRun(None, "RL"), control).kvm == "unknown"


@pytest.mark.parametrize("run", [FirmwareRun(99, "RLI"), FirmwareRun(0, LETTERS), FirmwareRun(None, LETTERS)])
def test_letters_and_status_are_both_needed(run: FirmwareRun) -> None:
    assert judge(run, WHOLE).kvm == "no"


def test_a_missing_or_closed_device_answers_at_once() -> None:
    missing, forbidden = judge_device("missing"), judge_device("forbidden")
    assert missing is not None
    assert missing.kvm == "no"
    assert forbidden is not None
    assert forbidden.kvm == "unknown"
    assert judge_device("usable") is None
