# SPDX-License-Identifier: Apache-2.0
"""Ten thousand conduits: replaced, one changed, and forwarded through: ``python bench/fabric.py [ROUNDS]`` as root.

Two stubs talk through the compiled fabric in namespaces of their own. Rates are taken in turns (no rules at all, one
conduit, ten thousand), so that a busy machine is as busy for each; medians are compared.
"""

from __future__ import annotations

import ctypes
import json
import os
import socket
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from tests.integration.fabric.crowd import TALK, crowd, raise_two
from tests.integration.fabric.stage import Stage

from ringfence.compile.document import Document, Kind
from ringfence.plan.change import Change

NAME = "t-bench"
ROUNDS = 5
LOAD_S = 1.0
BATCH = 64
MOST_S, LEAST = 0.5, 0.8


def main() -> int:
    """Print the figures; 1 when one is missed."""
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else ROUNDS
    stage = crowd(NAME)
    try:
        raise_two(stage)
        return report(stage, rounds)
    finally:
        stage.down()


def report(stage: Stage, rounds: int) -> int:
    many = stage.documents(Kind.CONDUIT)
    other = crowd(NAME, tcp=503).documents(Kind.CONDUIT)
    set_to(stage, [], many)
    replaced, one = replacing(stage, many, other, rounds), changing(stage, many, rounds)
    rates = forwarding(stage, many, rounds)
    print(f"replace {len(many)} conduits (all of them change)   {replaced:8.3f} s    at most {MOST_S} s")
    print(f"change one of {len(many)}                           {one:8.3f} s")
    for name, rate in rates.items():
        print(f"forward 64-byte datagrams, {name:24} {rate:8.0f} /s")
    good = replaced <= MOST_S
    for name in ("no rules at all", "one conduit"):
        ratio = rates["ten thousand conduits"] / rates[name]
        good = good and ratio >= LEAST
        print(f"ten thousand conduits against {name:21} {ratio:8.2f}      at least {LEAST}")
    return 0 if good else 1


def set_to(stage: Stage, before: list[Document], after: list[Document]) -> None:
    gone = {one.address: one for one in before}
    changes = [Change(gone.pop(one.address, None), one) for one in after]
    stage.driver.ensure(stage.scope, [*changes, *(Change(one, None) for one in gone.values())])


def replacing(stage: Stage, many: list[Document], other: list[Document], rounds: int) -> float:
    turns = [(many, other), (other, many)] * rounds
    return statistics.median(timed(partial(set_to, stage, *turn)) for turn in turns)


def changing(stage: Stage, many: list[Document], rounds: int) -> float:
    one = many[len(many) // 2]
    changes = [Change(one, None), Change(None, one)] * rounds
    return statistics.median(timed(partial(stage.driver.ensure, stage.scope, [it])) for it in changes)


def timed(do: Callable[[], None]) -> float:
    began = time.perf_counter()
    do()
    return time.perf_counter() - began


def forwarding(stage: Stage, many: list[Document], rounds: int) -> dict[str, float]:
    """Return datagrams a second that arrive, by rules."""
    only = [one for one in many if one.address.endswith("/c-0-0")]
    found: dict[str, list[float]] = {"no rules at all": [], "one conduit": [], "ten thousand conduits": []}
    table = stage.document("table", "router")
    for _ in range(rounds):
        found["ten thousand conduits"].append(rate(stage))
        set_to(stage, many, only)
        found["one conduit"].append(rate(stage))
        stage.driver.ensure(stage.scope, [Change(table, None)])
        found["no rules at all"].append(rate(stage))
        stage.driver.ensure(stage.scope, [Change(None, table)])
        set_to(stage, [], many)
    return {name: statistics.median(rates) for name, rates in found.items()}


def rate(stage: Stage) -> float:
    """Return how many datagrams a second arrive when one core sends as fast as it can."""
    target = str(stage.bindings["far0"].interfaces["eth0"].ipv4)
    before = received(stage)
    words = [f"--net=/run/netns/{stage.scope.stub('near0')}", sys.executable, __file__, "--send", target]
    took = subprocess.run(["nsenter", *words], check=True, timeout=30, capture_output=True, text=True).stdout
    return (received(stage) - before) / float(took)


def received(stage: Stage) -> int:
    words = ["ip", "-n", stage.scope.stub("far0"), "-s", "-j", "link", "show", "dev", "eth0"]
    shown = json.loads(subprocess.run(words, capture_output=True, check=True).stdout)
    return int(shown[0]["stats64"]["rx"]["packets"])


class _Vector(ctypes.Structure):
    _fields_ = (("base", ctypes.c_void_p), ("length", ctypes.c_size_t))


class _Message(ctypes.Structure):
    _fields_ = (
        ("name", ctypes.c_void_p),
        ("name_length", ctypes.c_uint32),
        ("vectors", ctypes.POINTER(_Vector)),
        ("vector_count", ctypes.c_size_t),
        ("control", ctypes.c_void_p),
        ("control_length", ctypes.c_size_t),
        ("flags", ctypes.c_int),
        ("sent", ctypes.c_uint32),
    )


def send(target: str) -> None:
    """Send datagrams for a while, many in one call (sendmmsg(2)), so that Python's own pace does not count."""
    data = ctypes.create_string_buffer(22)  # 64 bytes on the wire without the checksum
    vector = _Vector(ctypes.cast(data, ctypes.c_void_p), len(data))
    batch = (_Message * BATCH)()
    for message in batch:
        message.vectors, message.vector_count = ctypes.pointer(vector), 1
    call = ctypes.CDLL(None, use_errno=True).sendmmsg
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        sock.connect((target, TALK))
        until = time.monotonic() + LOAD_S
        while time.monotonic() < until:
            call(sock.fileno(), batch, BATCH, 0)
    print(LOAD_S + time.monotonic() - until)


if __name__ == "__main__":
    if sys.argv[1:2] == ["--send"]:
        send(sys.argv[2])
    elif os.geteuid() != 0:
        sys.exit("This needs root: it makes network namespaces.")
    else:
        sys.exit(main())
