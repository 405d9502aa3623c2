# SPDX-License-Identifier: Apache-2.0
"""Canaries on a fabric that carries something: they reach nobody, disturb nobody, and leave nothing."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from tests.integration.fabric.stage import Stage, waterworks
from tests.integration.test_shadow_copy import alive, descendants, world

from ringfence.app.canaries import PACE, CanaryResult, canary_trials
from ringfence.app.verify.canaries import canaries
from ringfence.drivers.shadow.driver import ShadowDriver
from ringfence.drivers.shadow.spaces import inside, packet_socket

HERE = Path(__file__)
FAST = 40.0
"""Packets a second, where a test is not about how few they are."""
FLYING = "5 canaries fly.\n"


@pytest.fixture(scope="module")
def stage() -> Iterator[Stage]:
    with allowed("t-canaries").standing() as found:
        yield found


def allowed(name: str) -> Stage:
    stage = waterworks(name)
    stage.site = replace(stage.site, canaries=True)
    return stage


def fly(stage: Stage, pace: float = FAST) -> CanaryResult:
    driver = ShadowDriver()
    return canary_trials(driver, driver.loaded(stage.scope), stage.site, stage.bindings, pace=pace)


def meddle(stage: Stage, line: str, *, inside: bool = False) -> None:
    enter = ["nsenter", f"--net=/run/netns/{stage.scope.namespace}"] if inside else []
    subprocess.run([*enter, "sh", "-ec", line.format(table=stage.scope.table)], check=True)


def test_nobody_is_reached_and_nothing_is_left(stage: Stage) -> None:
    before = world()
    result = fly(stage)
    assert result.leaks == ()
    assert set(result.zones) == set(stage.site.zones)
    assert result.sent > 20 * len(result.zones)
    assert (world(), stage.drift()) == (before, [])


def test_they_send_a_few_packets_a_second_and_nobody_else_has_one(stage: Stage) -> None:
    """Every frame that any workload gets meanwhile is looked at, and a conversation goes on beside it."""
    with ExitStack() as stack:
        ears = [stack.enter_context(ear(stage, name)) for name in stage.site.workloads]
        troupe = stack.enter_context(stage.played())
        troupe.serve(["plc-north"], tcp=[502])
        target = str(stage.bindings["plc-north"].interfaces["eth0"].ipv4)
        assert troupe["scada"].ask("hold", address=target, port=502, kind="tcp")
        began = time.monotonic()
        result = fly(stage, PACE)
        took = time.monotonic() - began
        troupe.rest(0.3, "scada", "plc-north")
        (heard,) = troupe["scada"].ask("streams")
        assert time.monotonic() - heard < 1
        assert not {address for one in ears for address in spare(stage) if address in frames(one)}
    assert result.sent / len(result.zones) / took <= PACE
    assert result.leaks == ()


def ear(stage: Stage, workload: str) -> socket.socket:
    with inside(stage.scope.stub(workload)):
        sock = packet_socket(stage.nics(workload)[0])
    sock.setblocking(False)
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 8 << 20)
    return sock


def frames(sock: socket.socket) -> bytes:
    found = bytearray()
    try:
        while True:
            found += sock.recv(2048)
    except OSError:
        return bytes(found)


def spare(stage: Stage) -> list[bytes]:
    """Return the addresses that canaries have: the last of each zone, by design."""
    nets = [net for zone in stage.site.zones.values() for net in (zone.ipv4, zone.ipv6) if net]
    return [(net.network_address + net.num_addresses - 2).packed for net in nets]


def test_without_leave_nothing_flies(stage: Stage) -> None:
    stage.site = replace(stage.site, canaries=False)
    try:
        result = fly(stage)
    finally:
        stage.site = replace(stage.site, canaries=True)
    assert (result.sent, result.zones) == (0, ())
    assert {zone for zone, _ in result.without} == set(stage.site.zones)


@pytest.mark.parametrize(
    ("line", "within", "whom"),
    [
        ("nft insert rule inet {table} forward accept", True, "workload/"),
        ("nft insert rule inet {table} input accept", True, "router"),
        ("nft flush chain bridge {table} to_host", False, "host"),
    ],
)
def test_a_live_fabric_that_leaks_is_told(stage: Stage, line: str, within: bool, whom: str) -> None:
    meddle(stage, line, inside=within)
    try:
        result = fly(stage)
    finally:
        stage.ensure(stage.changes())
    assert any(one.target.startswith(whom) for one in result.leaks)
    assert stage.drift() == []


def test_a_verification_tells_what_they_found(stage: Stage) -> None:
    driver = ShadowDriver()
    declared = SimpleNamespace(site=stage.site, bindings=stage.bindings)
    ground: Any = SimpleNamespace(declared=declared, shared=f"site/{stage.site.name}", host="host/server1")
    meddle(stage, "nft insert rule inet {table} forward ip saddr 10.10.5.0/24 accept", inside=True)
    try:
        found, said = canaries(ground, driver, driver.loaded(stage.scope))
    finally:
        stage.ensure(stage.changes())
    assert said.startswith("5 canaries sent ")
    assert all(one.sentence.startswith("On the live fabric a stranger in zone/dmz reached workload/") for one in found)
    assert {one.subjects[0].partition("/")[0] for one in found} == {"workload"}
    ground.declared.site = replace(stage.site, canaries=False)
    assert canaries(ground, driver, driver.loaded(stage.scope))[0] == ()


def test_killed_in_flight_they_are_gone_at_once(stage: Stage) -> None:
    before = world()
    pids = killed(stage, whole=False)
    await_end(pids)
    assert (world(), stage.drift()) == (before, [])


def test_what_nobody_could_take_away_is_drift_and_goes_before_the_next_flight(stage: Stage) -> None:
    """Even the shell that takes the guard's elements away is killed."""
    before = world()
    await_end(killed(stage, whole=True))
    assert all("canary." in one for one in stage.drift())
    assert stage.drift() != []
    assert fly(stage).leaks == ()
    assert (world(), stage.drift()) == (before, [])


def killed(stage: Stage, *, whole: bool) -> list[int]:
    """Kill who lets canaries fly, while they do; return all its processes."""
    words = [sys.executable, str(HERE), stage.scope.site]
    with subprocess.Popen(
        words, stdout=subprocess.PIPE, text=True, env={**os.environ, "PYTHONPATH": ":".join(sys.path)}
    ) as one:
        assert one.stdout is not None
        assert one.stdout.readline() == FLYING
        pids = [one.pid, *descendants(one.pid)]
        assert "canary." in " ".join(stage.drift())
        for pid in pids if whole else pids[:1]:
            os.kill(pid, signal.SIGKILL)
    return pids


def await_end(pids: list[int]) -> None:
    until = time.monotonic() + 10
    while any(alive(one) for one in pids) and time.monotonic() < until:
        time.sleep(0.01)
    assert not any(alive(one) for one in pids)


def tell(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    made, driver = allowed(sys.argv[1]), ShadowDriver()
    canary_trials(driver, driver.loaded(made.scope), made.site, made.bindings, tell, pace=1)
