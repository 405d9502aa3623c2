# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

from dataclasses import replace
from ipaddress import ip_address
from typing import Any

import pytest
from tests import factory

from ringfence.app.intruder.barriers import LABEL, NO_SERVICE, NOT_RUNNING, OWN_USER, SECCOMP, barriers_of
from ringfence.facts.listener import Listener
from ringfence.facts.machine import MachineFacts
from ringfence.facts.posture import Hardening, HostPosture, Settings, Sharing
from ringfence.facts.process import SECCOMP_FILTER, SECCOMP_OFF, Credentials, Label, ProcessFacts
from ringfence.facts.running import RunningFacts
from ringfence.facts.unseen import Unseen
from ringfence.proof.known import Holds

NOT_SEEN = Unseen("It was gone before it could be read.")
NONE: frozenset[str] = frozenset()
UIDS = (2_000_000_010,) * 4
OWN = Credentials(
    UIDS,
    UIDS,
    (),
    NONE,
    NONE,
    NONE,
    NONE,
    NONE,
    True,
    SECCOMP_FILTER,
    1,
    0,
    0,
    0,
)
PROCESS = ProcessFacts(
    1, 2, factory.NOW, "qemu", "/usr/bin/qemu", (), OWN, NOT_SEEN, Label("apparmor", "libvirt-x", enforcing=True),
    NOT_SEEN, NOT_SEEN, 0, NOT_SEEN, NOT_SEEN,
)  # fmt: skip
MACHINE = MachineFacts("plc", "works-plc", factory.NOW, "running", "", PROCESS, NOT_SEEN, "tcg", (), ())
HOST = HostPosture(
    "server1", factory.NOW, NOT_SEEN, NOT_SEEN,
    Hardening(NOT_SEEN, NOT_SEEN, NOT_SEEN, NOT_SEEN, NOT_SEEN, {}, NOT_SEEN),
    Sharing(NOT_SEEN, NOT_SEEN, NOT_SEEN, NOT_SEEN, NOT_SEEN, NOT_SEEN), NOT_SEEN, (),
    Settings(NOT_SEEN, NOT_SEEN, NOT_SEEN), {},
)  # fmt: skip


def layers(machine: MachineFacts) -> dict[str, Holds]:
    return dict(barriers_of(RunningFacts("works", "live", factory.NOW, HOST, {"plc": machine}))["plc"])


def test_a_confined_machine_has_every_layer() -> None:
    assert layers(MACHINE) == {OWN_USER: Holds.YES, SECCOMP: Holds.YES, LABEL: Holds.YES}


@pytest.mark.parametrize(
    ("changes", "layer", "holds"),
    [
        ({"seccomp": SECCOMP_OFF}, SECCOMP, Holds.NO),
        ({"seccomp": NOT_SEEN}, SECCOMP, Holds.UNKNOWN),
        ({"uids": (0, 0, 0, 0)}, OWN_USER, Holds.NO),
        ({"uids": (*UIDS[:2], 0, UIDS[3])}, OWN_USER, Holds.NO),
        ({"effective": frozenset({"sys_admin"})}, OWN_USER, Holds.NO),
        ({"ambient": frozenset({"net_raw"})}, OWN_USER, Holds.NO),
    ],
)
def test_a_layer_that_does_not_hold_is_told(changes: dict[str, Any], layer: str, holds: Holds) -> None:
    assert layers(replace(MACHINE, process=replace(PROCESS, credentials=replace(OWN, **changes))))[layer] is holds


def test_a_neighbour_of_the_same_user_is_no_own_user() -> None:
    assert layers(replace(MACHINE, neighbours=("qemu (7)",)))[OWN_USER] is Holds.NO
    assert layers(replace(MACHINE, neighbours=NOT_SEEN))[OWN_USER] is Holds.UNKNOWN


def test_a_label_that_only_complains_does_not_hold() -> None:
    complaining = replace(PROCESS, label=Label("apparmor", "libvirt-x"))
    assert layers(replace(MACHINE, process=complaining))[LABEL] is Holds.NO
    assert layers(replace(MACHINE, process=replace(PROCESS, label=NOT_SEEN)))[LABEL] is Holds.UNKNOWN


def test_nothing_is_known_of_a_process_that_was_not_seen_and_nobody_breaks_out_of_none() -> None:
    assert layers(replace(MACHINE, process=NOT_SEEN)) == {}
    assert layers(replace(MACHINE, state="unknown", process=NOT_SEEN)) == {}
    assert layers(replace(MACHINE, state="stopped", process=NOT_SEEN)) == {NOT_RUNNING: Holds.YES}


@pytest.mark.parametrize(
    ("addresses", "holds"),
    [(["127.0.0.1", "::1"], Holds.YES), (["127.0.0.1", "0.0.0.0"], Holds.NO), ([], Holds.YES)],  # noqa: S104 - a listener's address
)
def test_a_host_on_which_nothing_listens_has_nothing_to_attack(addresses: list[str], holds: Holds) -> None:
    listeners = tuple(Listener("tcp", ip_address(one), 22) for one in addresses)
    running = RunningFacts("works", "live", factory.NOW, replace(HOST, listeners=listeners), {})
    assert barriers_of(running) == {"host": {NO_SERVICE: holds}}
    unseen = RunningFacts("works", "live", factory.NOW, replace(HOST, listeners=NOT_SEEN), {})
    assert barriers_of(unseen) == {"host": {NO_SERVICE: Holds.UNKNOWN}}
