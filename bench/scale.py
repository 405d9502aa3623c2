# SPDX-License-Identifier: Apache-2.0
"""How long check, compile and plan take for a large site, and how that grows: ``python bench/scale.py``.

Everything runs against the simulated host. Each size runs in a process of its own, so that its peak memory is its own.
"""

from __future__ import annotations

import itertools
import json
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

ZONES = 40
CONDUITS_PER_WORKLOAD = 5
SMALL, LARGE = 200, 2_000


def site_text(workloads: int) -> str:
    """Return a site file: ``ZONES`` zones, that many workloads, five conduits each."""
    return "\n".join([*_head(), *_workloads(workloads), *_conduits(workloads)]) + "\n"


def _head() -> Iterator[str]:
    yield "ringfence: 1\nsite: {name: scale, owner: bench}\nhosts:\n  server1: {reserved_memory: 1 GiB}\nzones:"
    for zone in range(ZONES):
        yield f"  zone-{zone}: {{level: {1 + zone % 3}, sl_t: 2, ipv4: 10.{zone}.0.0/16, ipv6: 'fd00:{zone:x}::/64'}}"
    yield "images:\n  nano: /srv/nano.qcow2\nworkloads:"


def _workloads(count: int) -> Iterator[str]:
    for number in range(count):
        yield f"  w-{number}:\n    zone: zone-{number % ZONES}\n    memory: 1 MiB\n    vcpus: 1\n    image: nano"
        yield "    description: One of many workloads."


def _conduits(count: int) -> Iterator[str]:
    yield "conduits:"
    for number in range(count):
        for step in range(CONDUITS_PER_WORKLOAD):
            other = (number + 1 + step * ZONES) % count
            yield f"  c-{number}-{step}:\n    from: workload/w-{number}\n    to: workload/w-{other}"
            yield "    service: opc-ua\n    reason: Values are read once a second.\n    owner: Bench"


def measure(workloads: int) -> dict[str, float]:
    """Return seconds per phase and peak memory in MiB for one size. Runs in this process."""
    from ringfence.app.place import Place
    from ringfence.app.planning import observe, plan_prepared
    from ringfence.app.prepare import judge, prepare
    from ringfence.app.session import open_session
    from ringfence.app.site_file import read_site

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "site.yaml"
        path.write_text(site_text(workloads), encoding="utf-8")
        place = Place(Path(folder) / "state", f"memory:{folder}/world.json")
        times = [time.perf_counter()]
        file = read_site(path)
        times.append(time.perf_counter())
        with open_session(place, file.site.name, "/srv/pool") as session:
            judge(session, file)
            times.append(time.perf_counter())  # 'ringfence check' ends here; plan, from the same file, goes on
            observed = observe(session, file.site)
            prepared = prepare(session, file, observed)
            times.append(time.perf_counter())
            plan = plan_prepared(session, prepared, observed)
            times.append(time.perf_counter())
    took = [later - earlier for earlier, later in itertools.pairwise(times)]
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    names = ("load", "check", "compile", "plan")
    return {**dict(zip(names, took, strict=True)), "all": sum(took), "MiB": peak, "steps": len(plan.steps)}


def _in_child(workloads: int) -> dict[str, float]:
    told = subprocess.run([sys.executable, __file__, str(workloads)], check=True, capture_output=True, text=True)
    found: dict[str, float] = json.loads(told.stdout)
    return found


def main() -> None:
    """Print both sizes side by side; with an argument, one size as JSON."""
    if len(sys.argv) > 1:
        print(json.dumps(measure(int(sys.argv[1]))))
        return
    small, large = _in_child(SMALL), _in_child(LARGE)
    print(f"{'':10}{SMALL:>10}{LARGE:>10}{'ratio':>10}   workloads ({CONDUITS_PER_WORKLOAD} conduits each)")
    for name in small:
        print(f"{name:10}{small[name]:10.3f}{large[name]:10.3f}{large[name] / max(small[name], 1e-9):10.1f}")
    print("Wanted for 2,000: all at most 5 s, 500 MiB, and at most 12 times the smaller.")


if __name__ == "__main__":
    main()
