# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import pytest

from ringfence.base.diagnostics import Diagnostic
from ringfence.site.checks import conversations
from ringfence.site.codes import Code
from ringfence.site.loader import load

_HEAD = """\
ringfence: 1
site: {name: crowd, owner: Tests}
hosts: {server1: }
zones: {control: {level: 1, sl_t: 2, ipv4: 10.91.0.0/16}}
images: {nano: /srv/nano.qcow2}
conduits: {all: {from: zone/control, to: zone/control, service: SERVICE, reason: All., owner: All}}
workloads:
"""


def _problems(workloads: int, service: str) -> tuple[Diagnostic, ...]:
    machines = "".join(f"  w-{n}: {{zone: control, memory: 128 MiB, image: nano}}\n" for n in range(workloads))
    return load((_HEAD.replace("SERVICE", service) + machines).encode())[1]


def test_few_words_cannot_name_more_conversations_than_a_host_holds(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(conversations, "LIMIT", 150)
    assert _problems(12, "modbus") == ()
    (problem,) = _problems(13, "modbus")
    assert problem.id == Code.TOO_LARGE
    assert "169 conversations; the whole site may have 150" in problem.problem


def test_each_range_of_ports_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(conversations, "LIMIT", 150)
    assert _problems(9, "tcp/80-443") == ()
    assert _problems(9, '"tcp/80,443"') != ()
