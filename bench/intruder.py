# SPDX-License-Identifier: Apache-2.0
"""How long the look for side doors and attack paths take for a large site: ``python -m bench.intruder [WORKLOADS]``.

Everything is compiled for a simulated host; what was compiled stands for what is loaded.
"""

from __future__ import annotations

import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from bench.scale import site_text

from ringfence.app.claims import claims
from ringfence.app.claims.doors import declared_doors
from ringfence.app.place import Place
from ringfence.app.planning import observe
from ringfence.app.prepare import Prepared, prepare
from ringfence.app.session import open_session
from ringfence.app.site_file import read_site
from ringfence.proof.flow import Reach
from ringfence.proof.intruder import paths_in, steps_of
from ringfence.proof.known import Known
from ringfence.proof.reach import reach
from ringfence.proof.side import look

T = TypeVar("T")
WORKLOADS = 500


def timed(name: str, work: Callable[[], T]) -> T:
    """Do some work, and print how much of the processor's time it took."""
    began = time.process_time()
    found = work()
    print(f"{name:28}{time.process_time() - began:8.3f} s")
    return found


def prepared(workloads: int) -> Prepared:
    """Return a large site, compiled."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "site.yaml"
        path.write_text(site_text(workloads), encoding="utf-8")
        file = read_site(path)
        with open_session(Place(Path(folder) / "state", f"memory:{folder}/w.json"), file.site.name, "/srv") as session:
            return prepare(session, file, observe(session, file.site))


def main() -> None:
    """Print seconds for each step."""
    made = prepared(int(sys.argv[1]) if len(sys.argv) > 1 else WORKLOADS)
    site, documents = made.file.site, [one.document for one in made.artifacts]
    side = timed("side doors, found", lambda: look(documents))
    allowed = timed("side doors, declared", lambda: declared_doors(site, site.workloads, made.bindings, made.scope))
    assert {one.key for one in side.doors} == {one.key for one in allowed}
    flows = timed("flows (the proof's)", lambda: reach(documents)).flows
    here, now = frozenset(site.workloads), made.facts.at
    wanted = timed("claims (the proof's)", lambda: claims(site, here, made.bindings, made.scope, now))
    known = Known(Reach(flows, side.doors, side.unread), wanted, allowed, workloads=tuple(site.workloads))
    steps = timed("steps of an intruder, all", lambda: steps_of(known))
    found = timed("paths from one workload", lambda: paths_in("workload/w-0", steps))
    count = sum(map(len, steps.values()))
    print(f"{len(side.doors)} doors, {len(flows)} flows, {count} steps, {len(found.routes)} routes")


if __name__ == "__main__":
    main()
