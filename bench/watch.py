# SPDX-License-Identifier: Apache-2.0
"""Ten thousand conversations, looked at: ``python bench/watch.py [ROUNDS]`` as root.

The fabric has ten thousand conduits (twenty thousand elements); the router's connection table has one connection of
each, put there by ``conntrack`` itself. Times of a round are taken in turns; medians are compared. Processor time is
this process's and its children's.
"""

from __future__ import annotations

import os
import resource
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from tests.integration.fabric.crowd import crowd, raise_two
from tests.integration.fabric.stage import Stage

from ringfence.app.flows import Looks, conversation_lines
from ringfence.compile.document import Kind
from ringfence.compile.fabric.names import router_leg
from ringfence.drivers.fabric.flows import FlowDriver
from ringfence.drivers.fabric.learning import LearnDriver
from ringfence.messages.flows import FlowLine
from ringfence.plan.change import Change
from ringfence.ports.learning import WatchedZone
from ringfence.watch.conversation import conversations
from ringfence.watch.learned import Learned

NAME = "t-bench"
ROUNDS = 5
MOST_S = 1.0
TALKS = 10_000


def main() -> int:
    """Print the figures; 1 when one is missed."""
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else ROUNDS
    stage = crowd(NAME)
    try:
        raise_two(stage)
        stage.driver.ensure(stage.scope, [Change(None, one) for one in stage.documents(Kind.CONDUIT)])
        fill(stage)
        return flows(stage, rounds) | learning(stage, rounds)
    finally:
        stage.down()


def fill(stage: Stage) -> None:
    """Put a connection into the router's table for each conduit."""
    near, far = ([str(stage.bindings[f"{zone}{n}"].interfaces["eth0"].ipv4) for n in range(100)] for zone in ZONES)
    with tempfile.NamedTemporaryFile("w", suffix=".ct") as file:
        for source in near:
            file.writelines(
                f"-I -p tcp -s {source} -d {target} --sport {30000 + n} --dport 502 --state ESTABLISHED -t 3600\n"
                for n, target in enumerate(far)
            )
        file.flush()
        subprocess.run([*inside(stage), "conntrack", "-R", file.name], check=True, capture_output=True)


ZONES = ("near", "far")


def inside(stage: Stage) -> list[str]:
    return ["nsenter", f"--net=/run/netns/{stage.scope.namespace}"]


def flows(stage: Stage, rounds: int) -> int:
    plain = [*inside(stage), "conntrack", "-L", "-o", "extended"]
    listing: Callable[[], object] = partial(subprocess.run, plain, check=True, capture_output=True)
    found: dict[str, list[tuple[float, float]]] = {"conntrack -L": [], "flows": []}
    told: list[FlowLine] = []
    for _ in range(rounds):
        found["conntrack -L"].append(timed(listing))
        found["flows"].append(timed(lambda: told.extend(look(stage))))
    assert len(told) == rounds * 10_000, len(told)
    assert all(one.conduits for one in told)
    for name, times in found.items():
        wall, cpu = (statistics.median(column) for column in zip(*times, strict=True))
        print(f"{name:44} {wall:8.3f} s    processor {cpu:8.3f} s")
    return int(statistics.median(cpu for _, cpu in found["flows"]) > MOST_S)


def look(stage: Stage) -> list[FlowLine]:
    port = FlowDriver()
    now = conversations(port.connections(stage.scope))
    return list(conversation_lines(stage.site, stage.bindings, port.elements(stage.scope), Looks(now, now)))


def learning(stage: Stage, rounds: int) -> int:
    """Let one stub open ten thousand conversations with another, and look at what was counted."""
    target, learned = str(stage.bindings["far0"].interfaces["eth0"].ipv4), Learned()
    sends = ["nsenter", f"--net=/run/netns/{stage.scope.stub('near0')}", sys.executable, __file__, "--send", target]
    zone = WatchedZone(router_leg(stage.scope, "near"), ("10.91.0.0/16",), ())
    with LearnDriver().watching(stage.scope, zone) as look:
        times = []
        for _ in range(rounds):
            subprocess.run(sends, check=True)
            times.append(timed(lambda: learned.look(time.monotonic(), look())))
    assert len(learned.talks) == TALKS, len(learned.talks)
    assert all(one.packets == rounds for one in learned.talks.values())
    wall, cpu = (statistics.median(column) for column in zip(*times, strict=True))
    print(f"{'learn: one look':44} {wall:8.3f} s    processor {cpu:8.3f} s")
    return int(cpu > MOST_S)


def send(target: str) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        for port in range(1001, TALKS + 1001):  # the guard drops what is sent to DHCP servers
            sock.sendto(b"x", (target, port))
            if port % 100 == 0:
                time.sleep(0.002)  # no faster than the sender's own queue


def timed(do: Callable[[], object]) -> tuple[float, float]:
    began, cpu = time.perf_counter(), spent()
    do()
    return time.perf_counter() - began, spent() - cpu


def spent() -> float:
    """Return processor seconds of this process and of its children that ended."""
    used = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(one.ru_utime + one.ru_stime for one in used)


if __name__ == "__main__":
    if sys.argv[1:2] == ["--send"]:
        send(sys.argv[2])
        sys.exit(0)
    if os.geteuid() != 0:
        sys.exit("This needs root: it makes network namespaces.")
    sys.exit(main())
