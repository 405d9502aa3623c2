# SPDX-License-Identifier: Apache-2.0
"""A zone watched under real packets: what passes, what is denied, frames that are no IP, and nothing that stays."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator

import pytest
from tests.integration.fabric.stage import Stage, waterworks
from tests.integration.fabric.troupe import Troupe

from ringfence.compile.fabric.learning import SIZE
from ringfence.compile.fabric.names import port_name, router_leg
from ringfence.drivers.fabric.learning import LearnDriver
from ringfence.facts.seen import Seen, Sight
from ringfence.ports.learning import WatchedZone
from ringfence.watch.learned import Learned

LEARN = LearnDriver()
ZONE = "field"


@pytest.fixture(scope="module")
def stage() -> Iterator[Stage]:
    with waterworks("rf-t-learn").standing() as found:
        yield found


@pytest.fixture(scope="module")
def actors(stage: Stage) -> Iterator[Troupe]:
    with stage.played() as found:
        found.serve(stage.site.workloads, tcp=[502, 503], udp=[514, 5003])
        yield found


def watched(stage: Stage) -> WatchedZone:
    zone = stage.site.zones[ZONE]
    subnets = tuple(str(one) for one in (zone.ipv4, zone.ipv6) if one)
    return WatchedZone(router_leg(stage.scope, ZONE), subnets, tuple(ports(stage)))


def ports(stage: Stage) -> Iterator[str]:
    for name, workload in stage.site.workloads.items():
        for interface in workload.interfaces:
            if interface.zone == ZONE:
                yield port_name(stage.scope, name, interface.name, stage.bindings[name].interfaces[interface.name])


def address(stage: Stage, workload: str, version: int = 4) -> str:
    return str(getattr(next(iter(stage.bindings[workload].interfaces.values())), f"ipv{version}"))


def of(sight: Sight, stage: Stage, source: str, target: str, port: int, version: int = 4) -> list[Seen]:
    near, far = address(stage, source, version), address(stage, target, version)
    return [one for one in sight.seen if (one.source, one.target, one.port) == (near, far, port)]


def test_what_passes_and_what_is_denied_is_counted(stage: Stage, actors: Troupe) -> None:
    plc, south = "plc-north", "plc-south"
    with LEARN.watching(stage.scope, watched(stage)) as look:
        scada = actors.actors["scada"]
        assert scada.ask("connect", targets=[[address(stage, plc), 502]] * 4, seconds=3) == [True] * 4
        scada.ask("connect", targets=[[address(stage, plc), 503], [address(stage, plc, 6), 503]], seconds=0.3)
        actors.actors[plc].ask("ask", targets=[[address(stage, south), 5003, "RF:00000011"]], seconds=2)
        actors.actors[south].ask("ping", targets=[[address(stage, plc), "RF:00000012"]], seconds=2)
        actors.actors["historian"].ask("ask", targets=[[address(stage, "scada"), 4711, "RF:00000013"]], seconds=0.3)
        sight = look()
    (poll,) = of(sight, stage, "scada", plc, 502)
    assert poll.passed
    assert poll.beats >= 4
    assert poll.packets >= 8
    (denied,) = of(sight, stage, "scada", plc, 503)
    (denied6,) = of(sight, stage, "scada", plc, 503, 6)
    assert not denied.passed
    assert not denied6.passed
    (inside,) = of(sight, stage, plc, south, 5003)
    assert (inside.protocol, inside.passed, inside.packets) == ("udp", True, 1)
    (ping,) = of(sight, stage, south, plc, 0)
    assert (ping.protocol, ping.passed) == ("icmp", True)
    assert of(sight, stage, plc, "scada", 502) == []
    assert of(sight, stage, "historian", "scada", 4711) == []
    assert sight.missed == 0
    asked = {(one.source, one.target) for one in sight.questions}
    assert asked <= {(one, two) for one, two in asked if one in {address(stage, plc), address(stage, south)}}


def test_frames_that_are_no_ip_are_counted_although_the_guard_drops_them(stage: Stage, actors: Troupe) -> None:
    nic = next(iter(stage.bindings["plc-north"].interfaces))
    mac = stage.bindings["plc-north"].interfaces[nic].mac
    goose = f"010ccd010001{mac.replace(':', '')}88b8" + "00" * 50
    with LEARN.watching(stage.scope, watched(stage)) as look:
        actors.actors["plc-north"].ask("send", link=nic, frames=[goose] * 7)
        reach(lambda: bool(look().frames))
        (found,) = look().frames
    assert found == ("52:54:00" + mac[8:] if mac.startswith("52:54:00") else mac, "01:0c:cd:01:00:01", 0x88B8, 7)


def test_a_poller_is_told_by_its_beat(stage: Stage, actors: Troupe) -> None:
    learned = Learned()
    with LEARN.watching(stage.scope, watched(stage)) as look:
        for _ in range(8):
            actors.actors["scada"].ask("connect", targets=[[address(stage, "plc-north"), 502]], seconds=2)
            learned.look(time.monotonic(), look())
            time.sleep(0.2)  # the pace of the poller, not a wait for something
    talk = next(one for key, one in learned.talks.items() if key[3] == 502 and key[0] == address(stage, "scada"))
    assert talk.passed
    assert talk.rhythm.regularity.every_s is not None
    assert 0.01 < talk.rhythm.regularity.every_s < 2


SCAN = """
import socket, sys, time
sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
for port in range(1, int(sys.argv[2]) + 1):
    sock.sendto(b"x", (sys.argv[1], port))
    if port % 100 == 0:
        time.sleep(0.004)  # no faster than a queue between two namespaces takes it
"""


def test_a_scan_of_ports_fills_the_set_and_is_said(stage: Stage) -> None:
    """Ten thousand conversations are kept apart; of far more, those that do not fit are counted."""
    target = address(stage, "plc-north")
    enter = ["nsenter", f"--net=/run/netns/{stage.scope.stub('scada')}", sys.executable, "-c", SCAN, target]
    with LEARN.watching(stage.scope, watched(stage)) as look:
        subprocess.run([*enter, "10000"], check=True)
        # The guard drops what is sent to DHCP servers.
        reach(lambda: len(look().seen) >= 10_000 - 2)
        assert look().missed == 0
        subprocess.run([*enter, f"{SIZE + 1000}"], check=True)
        reach(lambda: look().missed > 0)
        seen = look().seen
    assert len(seen) <= SIZE + 10
    learned = Learned()
    learned.look(0.0, Sight(seen))
    assert len(learned.talks) == len(seen)


HOLDS = """
import time
from ringfence.compile.scope import Scope
from ringfence.drivers.fabric.learning import LearnDriver
from ringfence.ports.learning import WatchedZone
with LearnDriver().watching(Scope({name!r}, "server1"), WatchedZone("field", (), ("t-none",))) as look:
    time.sleep(60)
"""


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGINT])
def test_killed_in_the_middle_it_leaves_nothing(stage: Stage, number: signal.Signals) -> None:
    code = HOLDS.format(name=stage.site.name)
    with subprocess.Popen([sys.executable, "-c", code], stderr=subprocess.DEVNULL) as child:
        own = f"ringfence_learn_{child.pid}"
        reach(lambda: own in tables(stage.scope.namespace) and own in tables(""))
        assert stage.drift() == []
        child.send_signal(number)
        child.wait(20)
    reach(lambda: own not in tables(stage.scope.namespace) and own not in tables(""))
    assert stage.drift() == []


def tables(namespace: str) -> str:
    enter = ["nsenter", f"--net=/run/netns/{namespace}"] if namespace else []
    return subprocess.run([*enter, "nft", "list", "tables"], capture_output=True, text=True, check=True).stdout


def reach(condition: Callable[[], bool]) -> None:
    until = time.monotonic() + 20
    while not condition():
        assert time.monotonic() < until
        time.sleep(0.02)
