# SPDX-License-Identifier: Apache-2.0
"""Processor time of the proof, and how it grows: ``python bench/proof.py [MOST CONDUITS]``; as root nft's too.

500 workloads in 20 zones, so many conduits between them, each of both versions of IP. Compiling is shown apart. Each
size runs in a process of its own. Beside it, from the same run: nft loading the same rules, and z3 proving one pair.
"""

from __future__ import annotations

import json
import math
import os
import resource
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

if TYPE_CHECKING:
    from ringfence.site.site import Site

T = TypeVar("T")
WORKLOADS, ZONES = 500, 20
WANTED, SECONDS = 5_000, 5.0
SIZES = (1_000, 5_000, 10_000, 20_000, 50_000)
EXPONENT = 1.25
"""Most that a fitted power may be: n log n from 1,000 to 50,000 looks like n to the power of 1.12."""


def site_of(conduits: int) -> Site:
    """Return a site; nobody has two conduits to the same other one. So many are more than a file may hold."""
    from ringfence.site.conduit import Endpoint
    from ringfence.site.loader import load

    site, problems = load("\n".join([*_head(), *_workloads(), *_conduit()]).encode())
    assert site is not None, problems[:3]
    (first,) = site.conduits.values()
    found = {}
    for number in range(conduits):
        near, far = (Endpoint("workload", f"w-{one}") for one in _pair(number))
        found[f"c-{number}"] = replace(first, name=f"c-{number}", source=(near,), target=(far,))
    return replace(site, conduits=found)


def _pair(number: int) -> tuple[int, int]:
    near, step = number % WORKLOADS, number // WORKLOADS
    return near, (near + 1 + step * 3) % WORKLOADS


def _head() -> Iterator[str]:
    yield "ringfence: 1\nsite: {name: proof, owner: bench}\nhosts:\n  server1: {reserved_memory: 1 GiB}\nzones:"
    for zone in range(ZONES):
        yield f"  zone-{zone}: {{level: 2, sl_t: 2, ipv4: 10.{zone}.0.0/16, ipv6: 'fd00:{zone:x}::/64'}}"
    yield "images:\n  nano: /srv/nano.qcow2\nworkloads:"


def _workloads() -> Iterator[str]:
    for number in range(WORKLOADS):
        yield f"  w-{number}:\n    zone: zone-{number % ZONES}\n    memory: 1 MiB\n    vcpus: 1\n    image: nano"


def _conduit() -> Iterator[str]:
    yield "conduits:\n  c-0:\n    from: workload/w-0\n    to: workload/w-1"
    yield "    service: opc-ua\n    reason: bench\n    owner: bench\n"


def measure(conduits: int) -> dict[str, float]:
    """Return seconds for one size. Runs in this process."""
    from tests.integration.fabric.stage import Stage

    from ringfence.app.claims import claims
    from ringfence.app.proof.rest import collector_rests
    from ringfence.compile.scope import Endpoints, Scope
    from ringfence.proof.compare import compare
    from ringfence.proof.reach import reach

    site = site_of(conduits)
    found: dict[str, float] = {"conduits": conduits}
    stage = Stage(site, Scope("proof", "server1", "live", Endpoints.STUB))
    documents = timed(found, "compile", stage.documents)
    with collector_rests():  # as 'ringfence prove' does
        told = timed(
            found, "claims", lambda: claims(site, frozenset(site.workloads), stage.bindings, stage.scope, stage.now)
        )
        reached = timed(found, "reach", lambda: reach(documents))
        verdict = timed(found, "compare", lambda: compare(reached, told, reached.doors))
    assert not verdict.undeclared, verdict.undeclared[:1]
    assert not verdict.unreachable, verdict.unreachable[:1]
    assert not reached.unread, reached.unread[:1]
    found |= {"flows": len(reached.flows), "MiB": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024}
    if os.geteuid() == 0:
        text = "\n".join(one.body for one in documents if one.body.startswith(("add ", "create ")))
        found["nft"] = nft_seconds(text)
    return found


def timed(found: dict[str, float], name: str, work: Callable[[], T]) -> T:
    """Note the processor time of some work: others may be at work beside."""
    began = time.process_time()
    result = work()
    found[name] = time.process_time() - began
    return result


def nft_seconds(text: str) -> float:
    """Return how long nft needs to load the rules, in a namespace of their own."""
    began = time.perf_counter()
    subprocess.run(["unshare", "-n", "nft", "-f", "-"], input=text, text=True, check=True)
    return time.perf_counter() - began


def one_pair() -> tuple[float, float]:
    """Return seconds of z3 for one pair of the water works, and of the proof for everything in it."""
    import z3
    from tests.integration.fabric.stage import waterworks
    from tests.oracle.boxes import example
    from tests.oracle.meaning import accepted, passes
    from tests.oracle.terms import packet, real
    from tests.packets.ruleset import Ruleset

    from ringfence.app.claims import claims
    from ringfence.compile.document import Kind
    from ringfence.proof.compare import compare
    from ringfence.proof.reach import reach

    stage = waterworks("bench")
    documents, site = stage.documents(), stage.site
    mine = [one for one in documents if one.address.endswith("table/router") or one.kind is Kind.CONDUIT]
    ends = [int(stage.bindings[name].interfaces["eth0"].ipv4 or 0) for name in ("scada", "plc-north")]
    began = time.perf_counter()
    rules, of = Ruleset(), packet()
    rules.load("".join(f"{one.body}\n" for one in mine))
    asked = [of["ip saddr"] == ends[0], of["ip daddr"] == ends[1], of["meta protocol"] == 0x0800, of["ct state"] == 3]
    more = z3.Not(z3.And(of["meta l4proto"] == 6, of["th dport"] == 502))
    assert example(real(of), passes(accepted(rules, "forward", of)), *asked, more, of["oifname"] != 0) is None
    middle = time.perf_counter()
    reached = reach(documents)
    compare(reached, claims(site, frozenset(site.workloads), stage.bindings, stage.scope, stage.now), reached.doors)
    return middle - began, time.perf_counter() - middle


def in_child(conduits: int) -> dict[str, float]:
    done = subprocess.run([sys.executable, __file__, "--one", str(conduits)], stdout=subprocess.PIPE, check=True)
    found: dict[str, float] = json.loads(done.stdout)
    return found


def exponent(points: list[tuple[int, float]]) -> float:
    """Return the slope of a line through the logarithms."""
    logs = [(math.log(size), math.log(seconds)) for size, seconds in points]
    left, right = (sum(column) / len(logs) for column in zip(*logs, strict=True))
    across: float = sum((x - left) * (y - right) for x, y in logs)
    along: float = sum((x - left) * (x - left) for x, _ in logs)
    return across / along


def main() -> int:
    """Print the figures; 1 when one is missed."""
    if sys.argv[1:2] == ["--one"]:
        print(json.dumps(measure(int(sys.argv[2]))))
        return 0
    most = int(sys.argv[1]) if len(sys.argv) > 1 else SIZES[-1]
    points, good = [], True
    print(" conduits  compile   claims    reach  compare    proof   nft -f    MiB")
    for size in (one for one in SIZES if one <= most):
        found = in_child(size)
        proof = found["claims"] + found["reach"] + found["compare"]
        points.append((size, proof))
        good &= size != WANTED or proof <= SECONDS
        columns = (found["compile"], found["claims"], found["reach"], found["compare"], proof, found.get("nft", 0))
        print(f"{size:9} " + " ".join(f"{one:6.2f} s" for one in columns) + f" {found['MiB']:6.0f}")
    grows = exponent(points) if len(points) > 1 else 1.0
    print(f"grows with conduits to the power of {grows:.2f}; at most {EXPONENT}")
    alone, whole = one_pair()
    print(f"water works: everything {whole * 1000:.0f} ms; one pair by z3 {alone * 1000:.0f} ms")
    return 0 if good and grows <= EXPONENT else 1


if __name__ == "__main__":
    raise SystemExit(main())
