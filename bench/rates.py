# SPDX-License-Identifier: Apache-2.0
"""Conduits with a rate: what the limit costs, and what it is worth: ``python bench/rates.py [ROUNDS]`` as root.

Throughput through a conduit without a rate and with one that is never reached, in turns. Then how long a question and
its answer take through one conduit while another is idle, flooded without a limit, and flooded with one.
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from bench.fabric import ROUNDS, rate, set_to
from tests import factory
from tests.integration.fabric.crowd import TALK, crowd, raise_two
from tests.integration.fabric.stage import Stage

from ringfence.compile.document import Document, Kind
from ringfence.compile.scope import Endpoints, Scope
from ringfence.site.conduit import Conduit, Endpoint
from ringfence.site.rate import Rate
from ringfence.site.service import Flow, PortRange, Service
from ringfence.site.workload import Interface

NAME = "t-bench-rates"
SENDER = str(Path(__file__).with_name("fabric.py"))
MOST = 10_000_000
HELD = 1000
LEAST = 0.8
QUESTIONS = 400
ASK = """
import socket, sys, time
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
s.settimeout(1)
s.connect((sys.argv[1], int(sys.argv[2])))
for number in range(int(sys.argv[3])):
    began = time.perf_counter()
    s.send(b"question")
    try:
        s.recv(64)
        print(time.perf_counter() - began)
    except OSError:
        print("lost")
    time.sleep(0.002)
"""
ANSWER = """
import socket, sys
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
s.bind(("", int(sys.argv[1])))
print("up", flush=True)
while True:
    s.sendto(*s.recvfrom(64))
"""


def main() -> int:
    """Print the figures; 1 when one is missed."""
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else ROUNDS
    return max(throughput(rounds), latency())


def throughput(rounds: int) -> int:
    stage = crowd(NAME)
    try:
        raise_two(stage)
        free, limited = (one_conduit(stage, limit) for limit in (None, Rate(MOST, MOST)))
        found: dict[str, list[float]] = {"without a rate": [], "with a rate": []}
        for _ in range(rounds):
            for name, before, after in (("without a rate", [], free), ("with a rate", free, limited)):
                set_to(stage, before, after)
                found[name].append(rate(stage))
            set_to(stage, limited, [])
    finally:
        stage.down()
    medians = {name: statistics.median(rates) for name, rates in found.items()}
    for name, median in medians.items():
        print(f"forward 64-byte datagrams, {name:24} {median:8.0f} /s")
    ratio = medians["with a rate"] / medians["without a rate"]
    print(f"with a rate against without                         {ratio:8.2f}      at least {LEAST}")
    return 0 if ratio >= LEAST else 1


def one_conduit(stage: Stage, limit: Rate | None) -> list[Document]:
    conduits = {"c-0-0": replace(stage.site.conduits["c-0-0"], rate=limit)}
    return replace(stage, site=replace(stage.site, conduits=conduits)).documents(Kind.CONDUIT)


def latency() -> int:
    for name, limit, flooded in (
        ("nobody floods", None, False),
        ("a flood without a limit", None, True),
        (f"a flood held to {HELD}/s", Rate(HELD), True),
    ):
        half, last, lost, reached = asked(limit, flooded=flooded)
        figures = f"p50 {half * 1e6:5.0f} us, p99 {last * 1e6:5.0f} us, lost {lost}"
        print(f"question and answer, {name:26} {figures}; the answerer got {reached:8.0f} packets/s")
    return 0


def asked(limit: Rate | None, *, flooded: bool) -> tuple[float, float, int, float]:
    """Return median and p99 in seconds, how many questions were lost, and how many packets a second came in all."""
    stage = small(limit)
    with stage.standing():
        target = str(stage.bindings["plc-b"].interfaces["eth0"].ipv4)
        enter = {
            name: ["nsenter", f"--net=/run/netns/{stage.scope.stub(name)}", sys.executable]
            for name in stage.site.workloads
        }
        with subprocess.Popen([*enter["plc-b"], "-c", ANSWER, str(TALK + 1)], stdout=subprocess.PIPE) as server:
            assert server.stdout is not None
            server.stdout.readline()
            send = [*enter["plc-a"], SENDER, "--send", target]
            floods = [subprocess.Popen(send, stdout=subprocess.DEVNULL) for _ in range(flooded)]
            began, before = time.monotonic(), packets(stage)
            words = [*enter["scada"], "-c", ASK, target, str(TALK + 1), str(QUESTIONS)]
            shown = subprocess.run(words, capture_output=True, check=True, text=True).stdout.split()
            for flood in floods:
                flood.wait()
            reached = (packets(stage) - before) / (time.monotonic() - began)
            server.kill()
    took = sorted(float(one) for one in shown if one != "lost")
    return statistics.median(took), took[int(len(took) * 0.99)], shown.count("lost"), reached


def packets(stage: Stage) -> int:
    """Return how many packets have come to who answers."""
    words = ["ip", "-n", stage.scope.stub("plc-b"), "-s", "-j", "link", "show", "dev", "eth0"]
    shown = json.loads(subprocess.run(words, capture_output=True, check=True).stdout)
    return int(shown[0]["stats64"]["rx"]["packets"])


def small(limit: Rate | None) -> Stage:
    """Return one zone that is flooded from inside, and another one that asks into it."""
    zones = [factory.zone("control", 1), factory.zone("dmz", 3)]
    homes = {"plc-a": "control", "plc-b": "control", "scada": "dmz"}
    workloads = [factory.workload(name, interfaces=(Interface("eth0", zone),)) for name, zone in homes.items()]
    services = {f"s{port}": Service(f"s{port}", (Flow("udp", (PortRange(port, port),)),)) for port in (TALK, TALK + 1)}
    end = Endpoint("workload", "plc-b")
    flooded = Conduit("flooded", (Endpoint("workload", "plc-a"),), (end,), (f"s{TALK}",), "r", "o", rate=limit)
    asks = Conduit("asks", (Endpoint("workload", "scada"),), (end,), (f"s{TALK + 1}",), "r", "o")
    site = factory.site(
        workloads, zones, name=NAME, services=services, conduits={one.name: one for one in (flooded, asks)}
    )
    return Stage(site, Scope(NAME, "server1", endpoints=Endpoints.STUB))


if __name__ == "__main__":
    if os.geteuid() != 0:
        sys.exit("This needs root: it makes network namespaces.")
    sys.exit(main())
