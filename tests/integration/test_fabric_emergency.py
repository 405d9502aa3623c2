# SPDX-License-Identifier: Apache-2.0
"""Islands and cuts with real packets, from the console: what crosses ends at once, the inside goes on."""

from __future__ import annotations

import subprocess
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor

import pytest
from tests.integration.fabric.console import Console, applied
from tests.integration.fabric.stage import Stage
from tests.integration.fabric.troupe import Troupe
from tests.integration.test_fabric_grants import PORT, heard, hold, tracked

from ringfence.compile.boot import read_body
from ringfence.drivers.boot.driver import BootDriver
from ringfence.drivers.fabric.look import router_tables
from ringfence.drivers.store.lock import FileLock
from ringfence.drivers.system.clock import SystemClock
from ringfence.observe.rules import router_documents

WITHIN_S = 5.0
"""From the start of the process to the last packet, on a busy machine; bench/emergency.py measures it."""
QUIET_S = 1.0


@pytest.fixture(scope="module")
def console(stage: Stage, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Console]:
    with applied(stage, tmp_path_factory.mktemp("state")) as found:
        yield found


@pytest.fixture
def troupe(stage: Stage) -> Iterator[Troupe]:
    with stage.played() as found:
        found.serve(stage.site.workloads, tcp=(PORT, 502, 6000), udp=(PORT,))
        yield found


def typed(console: Console, troupe: Troupe, names: Sequence[str], *words: str) -> float:
    """Let everybody talk while a command runs and a little longer; return when it was typed."""
    with ThreadPoolExecutor(1) as pool:
        began = time.monotonic()
        command = pool.submit(console, *words)
        while not command.done():
            troupe.rest(0.1, *names)
        command.result()
        troupe.rest(QUIET_S, *names)
        return began


def boots_with(console: Console, key: str) -> bool:
    (boot,) = BootDriver().observe(console.stage.scope).values()
    return key in read_body(boot.body)[0]["router.nft"]


def conduits(stage: Stage) -> set[str]:
    found = router_documents(stage.scope, router_tables(stage.scope))
    return {one.rpartition("/conduit/")[2] for one in found if "/conduit/" in one}


def test_what_crosses_the_border_ends_at_once_and_the_inside_goes_on(
    stage: Stage, troupe: Troupe, console: Console
) -> None:
    before = stage.drift()
    assert hold(stage, troupe, "scada", "plc-north", 502, "tcp")
    assert hold(stage, troupe, "plc-north", "plc-south", 6000, "tcp")
    began = typed(console, troupe, ("scada", "plc-north", "plc-south"), "island", "field")
    now = time.monotonic()
    try:
        assert began < max(heard(troupe, "scada")) < min(began + WITHIN_S, now - QUIET_S / 2)
        assert min(heard(troupe, "plc-south")) > now - QUIET_S / 2
        assert tracked(stage, "scada", "plc-north") == ""
        assert "ESTABLISHED" in tracked(stage, "plc-north", "plc-south")
        assert not hold(stage, troupe, "scada", "plc-south", 502, "tcp")
        assert {"t-in-zone", "t-in-zone-too", "t-in-zone-ping", "probe/plc-north"} <= conduits(stage)
        assert not {"poll", "set-up", "t-grant", "t-poll-too", "t-log"} & conduits(stage)
        assert not boots_with(console, "10.10.2.11 . 10.10.1.11 . tcp . 502")
    finally:
        console("release", "island/field")
    assert stage.drift() == before == []
    assert boots_with(console, "10.10.2.11 . 10.10.1.11 . tcp . 502")
    assert hold(stage, troupe, "scada", "plc-south", 502, "tcp")


def test_a_grant_through_the_border_ends_too(stage: Stage, troupe: Troupe, console: Console) -> None:
    stage.driver.grant(stage.scope, stage.document("conduit", "t-grant"), 600)
    assert hold(stage, troupe, "jump", "plc-south", PORT, "tcp")
    began = typed(console, troupe, ("jump", "plc-south"), "island", "dmz")
    try:
        assert max(heard(troupe, "jump", "plc-south")) < began + WITHIN_S
        assert stage.driver.granted(stage.scope) == ()
    finally:
        console("release", "dmz")
    assert stage.drift() == []


def test_a_cut_ends_one_conduit_and_says_where_its_conversation_goes_on(
    stage: Stage, troupe: Troupe, console: Console
) -> None:
    assert hold(stage, troupe, "station", "plc-north", 502, "tcp")
    assert hold(stage, troupe, "scada", "plc-north", 502, "tcp")
    began = typed(console, troupe, ("station", "scada", "plc-north"), "cut", "set-up")
    now = time.monotonic()
    try:
        assert max(heard(troupe, "station")) < began + WITHIN_S
        assert min(heard(troupe, "scada")) > now - QUIET_S / 2
        assert "t-poll-too" in console("cut", "poll").partition("Still open")[2]
    finally:
        console("release", "cut/set-up")
        console("release", "poll")
    assert stage.drift() == []


def test_while_another_job_holds_the_site_packets_stop_all_the_same(
    stage: Stage, troupe: Troupe, console: Console
) -> None:
    assert hold(stage, troupe, "scada", "plc-north", 502, "tcp")
    with FileLock(console.state / stage.site.name, SystemClock()).hold("apply"):
        process = console.start("island", "field")
        began = time.monotonic()
        while process.poll() is None:
            troupe.rest(0.2, "scada", "plc-north")
    assert process.communicate()[0].rstrip().endswith("ringfence release island/field")
    try:
        assert process.returncode == 3
        assert max(heard(troupe, "scada")) < began + WITHIN_S
        assert boots_with(console, "10.10.2.11 . 10.10.1.11 . tcp . 502")
        console("island", "field")
        assert not boots_with(console, "10.10.2.11 . 10.10.1.11 . tcp . 502")
    finally:
        console("release", "field")
    assert stage.drift() == []


def test_without_ringfence_a_zone_is_cut_by_its_leg(stage: Stage, troupe: Troupe) -> None:
    """The last resort of docs/guides/emergency.md."""
    assert hold(stage, troupe, "scada", "plc-north", 502, "tcp")
    leg = ["ip", "-n", stage.scope.namespace, "link", "set", "field"]
    subprocess.run([*leg, "down"], check=True)
    try:
        down = time.monotonic()
        troupe.rest(QUIET_S, "scada", "plc-north")
        assert max(heard(troupe, "scada", "plc-north")) < down + QUIET_S / 2
    finally:
        subprocess.run([*leg, "up"], check=True)
        stage.ensure(stage.changes())
    assert stage.drift() == []
    assert hold(stage, troupe, "scada", "plc-south", 502, "tcp")
