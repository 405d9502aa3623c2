# SPDX-License-Identifier: Apache-2.0
"""Layers around a running machine that keep whoever breaks out of QEMU from the host, each of them by itself.

Other settings (no new privileges, a device list) make a layer firm, and hold nobody alone: `verify` judges those.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from ringfence.facts.listener import Listener
from ringfence.facts.machine import MachineFacts
from ringfence.facts.process import SECCOMP_FILTER, Credentials, ProcessFacts
from ringfence.facts.running import RunningFacts
from ringfence.facts.unseen import Unseen
from ringfence.proof.known import Holds

Layers = Mapping[str, Holds]

NOT_RUNNING = "it does not run"
OWN_USER = "own user without capabilities"
SECCOMP = "seccomp filter"
LABEL = "mandatory access control"
NO_SERVICE = "no service listens"


def barriers_of(running: RunningFacts) -> Mapping[str, Layers]:
    """Return the layers around each machine by workload, and around the host's own services as ``host``."""
    machines = {name: _machine(facts) for name, facts in running.machines.items()}
    return {**machines, "host": {NO_SERVICE: _services(running.host.listeners)}}


def _machine(facts: MachineFacts) -> Layers:
    if facts.state in {"stopped", "missing"}:
        return {NOT_RUNNING: Holds.YES}
    if isinstance(facts.process, Unseen):
        return {}
    return {
        OWN_USER: _own_user(facts, facts.process.credentials),
        SECCOMP: _seccomp(facts.process.credentials),
        LABEL: _label(facts.process),
    }


def _own_user(facts: MachineFacts, own: Credentials | Unseen) -> Holds:
    """Judge the user: another process of the same one is as good as the machine's own."""
    if isinstance(own, Unseen) or isinstance(facts.neighbours, Unseen):
        return Holds.UNKNOWN
    powers = own.effective | own.permitted | own.ambient
    return _told(0 not in own.uids and not powers and not facts.neighbours)


def _seccomp(own: Credentials | Unseen) -> Holds:
    if isinstance(own, Unseen) or isinstance(own.seccomp, Unseen):
        return Holds.UNKNOWN
    return _told(own.seccomp == SECCOMP_FILTER)


def _label(process: ProcessFacts) -> Holds:
    return Holds.UNKNOWN if isinstance(process.label, Unseen) else _told(process.label.enforcing)


def _services(listeners: Iterable[Listener] | Unseen) -> Holds:
    return Holds.UNKNOWN if isinstance(listeners, Unseen) else _told(all(one.local for one in listeners))


def _told(holds: bool) -> Holds:  # noqa: FBT001 - private
    return Holds.YES if holds else Holds.NO
