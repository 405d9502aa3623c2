# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from ringfence.cli.main import run
from ringfence.compile.scope import Scope
from ringfence.drivers.memory.host import MemoryHost
from ringfence.drivers.system.clock import SystemClock

SITE = """\
ringfence: 1
site: {name: works, owner: Operations}
hosts: {server1: {}}
images: {nano: /srv/images/nano.qcow2}
zones:
  field: {level: 1, sl_t: 1, ipv4: 10.81.1.0/24}
  supervision: {level: 2, sl_t: 1, ipv4: 10.81.2.0/24}
workloads:
  plc:
    zone: field
    ipv4: 10.81.1.11
    memory: 128 MiB
    image: nano
    function: control
    tolerable_loss: 30s
    probes: [{modbus: {port: 502}}]
  scada:
    zone: supervision
    ipv4: 10.81.2.11
    memory: 128 MiB
    image: nano
    after: [plc]
conduits:
  poll:
    from: workload/scada
    to: workload/plc
    service: modbus
    reason: The operators see levels.
    owner: Control room
  vendor:
    from: workload/scada
    to: workload/plc
    service: ssh
    dormant: true
    reason: The vendor repairs.
    owner: Control room
"""


@dataclass(frozen=True, slots=True)
class Ran:
    """What a command printed, and its exit status."""

    status: int
    out: str
    err: str

    @property
    def message(self) -> Any:
        return json.loads(self.out)


@dataclass(frozen=True, slots=True)
class Desk:
    """A folder with a site file, a simulated host, and the command line in this process."""

    folder: Path
    capture: pytest.CaptureFixture[str]

    @property
    def file(self) -> Path:
        return self.folder / "site.yaml"

    @property
    def host(self) -> MemoryHost:
        return MemoryHost(self.folder / "world", SystemClock())

    def __call__(self, *arguments: str) -> Ran:
        self.capture.readouterr()
        status = run(arguments)
        printed = self.capture.readouterr()
        return Ran(status, printed.out, printed.err)

    def change(self, old: str, new: str) -> None:
        text = self.file.read_text()
        assert old in text
        self.file.write_text(text.replace(old, new))


@pytest.fixture
def scope() -> Scope:
    return Scope("works", "server1")


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Desk:
    for name in ("RINGFENCE_SITE", "RINGFENCE_FAULTS", "RINGFENCE_DEBUG", "NO_COLOR"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("RINGFENCE_WORLD", f"memory:{tmp_path / 'world'}")
    monkeypatch.setenv("RINGFENCE_STATE", str(tmp_path / "state"))
    monkeypatch.setenv("COLUMNS", "100")
    monkeypatch.chdir(tmp_path)
    (tmp_path / "site.yaml").write_text(SITE)
    return Desk(tmp_path, capsys)


@pytest.fixture
def applied(desk: Desk) -> Desk:
    assert desk("apply", "--yes", "--quiet").status == 0
    return desk


@pytest.fixture
def answering(monkeypatch: pytest.MonkeyPatch) -> Callable[[bool], list[str]]:
    """Let somebody sit at the terminal who answers every question so."""

    def answer(consent: bool) -> list[str]:
        asked: list[str] = []

        def confirmed(question: str) -> bool:
            asked.append(question)
            return consent

        monkeypatch.setattr("ringfence.cli.desk.can_ask", lambda: True)
        monkeypatch.setattr("ringfence.cli.desk.confirmed", confirmed)
        return asked

    return answer
