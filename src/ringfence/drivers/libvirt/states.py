# SPDX-License-Identifier: Apache-2.0
"""What runs now, and since when."""

from __future__ import annotations

import os
import time
from collections.abc import Mapping
from pathlib import Path

import libvirt

from ringfence.base.errors import DeadlinePassed
from ringfence.compile.scope import Scope
from ringfence.facts.domain import DomainFact
from ringfence.observe.domains import is_foreign
from ringfence.ports.workloads import RunFact, RunState

from .connection import Connection
from .survey import BULK_S, look_each, named

PIDS = Path("/run/libvirt/qemu")


def run_facts(connection: Connection, scope: Scope, workloads: tuple[str, ...]) -> Mapping[str, RunFact]:
    """Return the state of each workload: in one go, or one by one where a domain hangs."""
    names = {workload: scope.domain(workload) for workload in workloads}
    found = _look(connection, tuple(names.values()))
    return {workload: _fact(scope, found.get(name)) for workload, name in names.items()}


def _look(connection: Connection, names: tuple[str, ...]) -> dict[str, DomainFact]:
    try:
        return connection.call(lambda open_: _together(open_, names), "the states of its domains", BULK_S)
    except DeadlinePassed:
        return look_each(connection, names)


def _together(connection: libvirt.virConnect, names: tuple[str, ...]) -> dict[str, DomainFact]:
    found = (named(connection, name) for name in names)
    return {fact.name: fact for fact in found if fact is not None}


def _fact(scope: Scope, found: DomainFact | None) -> RunFact:
    if found is None:
        return RunFact("missing", "libvirt has no such domain")
    if is_foreign(scope, found):
        return RunFact("missing", f"the domain {found.name} is not this site's")
    state: RunState = found.state
    return RunFact(state, found.detail, _uptime(found.name) if state == "running" else None)


def _uptime(name: str) -> float | None:
    """Seconds since QEMU started: field 22 of /proc/PID/stat is in clock ticks since the host's boot (proc(5))."""
    try:
        pid = int((PIDS / f"{name}.pid").read_text(encoding="ascii"))
        fields = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()
        return max(0.0, time.clock_gettime(time.CLOCK_BOOTTIME) - int(fields[19]) / os.sysconf("SC_CLK_TCK"))
    except (OSError, ValueError, IndexError):
        return None
