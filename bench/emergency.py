# SPDX-License-Identifier: Apache-2.0
"""From the command to the last packet: ``python bench/emergency.py [ROUNDS]`` as root.

The water works stand with stubs, and a TCP session crosses the border of a zone. The clock starts with the process of
``ringfence island`` and stops with the last bytes that either end of the session heard; ``done`` is when the command
ends, boot files included. ``busy``: another process holds the site all the while. ``crowd``: a hundred machines in two
zones with 10,000 conduits between them, all of which end.
"""

from __future__ import annotations

import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from tests.integration.fabric.console import Console, applied
from tests.integration.fabric.crowd import crowd
from tests.integration.fabric.stage import Stage, waterworks
from tests.integration.fabric.troupe import Troupe
from tests.packets.declared import address

from ringfence.compile.document import Kind
from ringfence.drivers.store.lock import FileLock
from ringfence.drivers.system.clock import SystemClock
from ringfence.plan.change import Change

ROUNDS = 5
MODBUS = 502


def main() -> int:
    """Measure and print medians."""
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else ROUNDS
    with (
        tempfile.TemporaryDirectory() as folder,
        waterworks("t-console").standing() as stage,
        applied(stage, Path(folder)) as console,
    ):
        found = [_session(stage, console) for _ in range(rounds)]
        _tell("last packet", [last for last, _ in found])
        _tell("done", [done for _, done in found])
        with FileLock(console.state / stage.site.name, SystemClock()).hold("bench"):
            _tell("last packet, busy", [_session(stage, console, busy=True)[0] for _ in range(rounds)])
        console("release", "field")
    _crowd()
    return 0


def _session(stage: Stage, console: Console, *, busy: bool = False) -> tuple[float, float]:
    """Return seconds until the last bytes were heard, and until the command ended."""
    if "island/field" in console("release"):
        _release(stage, console, busy=busy)
    with stage.played() as troupe:
        troupe.serve(("plc-north",), tcp=(MODBUS,))
        there = address(stage.bindings, "plc-north", 4)
        if not troupe["scada"].ask("hold", address=there, port=MODBUS, kind="tcp"):
            raise SystemExit("The session does not come up.")
        began = time.monotonic()
        command = console.start("island", "field")
        ended = None
        while ended is None or time.monotonic() < ended + 0.5:
            troupe.rest(0.05, "scada", "plc-north")
            if ended is None and (command.poll() is not None or (busy and _silent(troupe, began))):
                ended = time.monotonic()
        command.kill()
        command.communicate()
        return _heard(troupe) - began, ended - began


def _release(stage: Stage, console: Console, *, busy: bool) -> None:
    """Open again; where the site is held, which a release respects, by the driver and in the state alone."""
    if not busy:
        console("release", "field")
        return
    stage.driver.ensure(stage.scope, [Change(None, one) for one in stage.documents(Kind.CONDUIT)])
    from ringfence.drivers.store.database import open_store

    with open_store(console.state / stage.site.name) as store:
        store.restrictions.end("island/field", "bench", stage.now)


def _silent(troupe: Troupe, began: float) -> bool:
    return _heard(troupe) > began and time.monotonic() - _heard(troupe) > 1.0


def _heard(troupe: Troupe) -> float:
    return max(float(one) for name in ("scada", "plc-north") for one in troupe[name].ask("streams"))


def _crowd() -> None:
    """Measure the command where 10,000 conduits end."""
    with tempfile.TemporaryDirectory() as folder:
        stage = crowd("t-console")
        stage.ensure(Change(None, one) for one in stage.documents() if one.kind is not Kind.PORT)
        try:
            with applied(stage, Path(folder)) as console:
                key, began = _last_key(stage), time.monotonic()
                command = console.start("island", "near")
                while _carries(stage, key):
                    time.sleep(0.01)
                closed = time.monotonic() - began
                command.communicate(timeout=120)
                print(f"{'10,000 conduits closed':24} {closed:6.2f} s")
                print(f"{'10,000 conduits done':24} {time.monotonic() - began:6.2f} s")
                before = resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime
                console("release", "near")
                spent = resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime - before
                print(f"{'released, processor time':24} {spent:6.2f} s")
        finally:
            stage.down()


def _last_key(stage: Stage) -> tuple[str, str]:
    key = next(one for one in stage.documents(Kind.CONDUIT)[-1].parts if one.startswith("element/"))
    _, lookup, element = key.split("/", 2)
    return lookup, element


def _carries(stage: Stage, key: tuple[str, str]) -> bool:
    """Tell whether the last conduit's element is still there; all of them go in one transaction."""
    lookup, element = key
    enter = ["nsenter", f"--net=/run/netns/{stage.scope.namespace}"]
    words = [*enter, "nft", "get", "element", "inet", stage.scope.table, lookup, "{", element, "}"]
    return subprocess.run(words, capture_output=True, check=False).returncode == 0


def _tell(what: str, seconds: list[float]) -> None:
    print(f"{what:24} {statistics.median(seconds):6.2f} s  ({min(seconds):.2f} to {max(seconds):.2f})")


if __name__ == "__main__":
    if os.geteuid() != 0:
        sys.exit("This needs root: it makes network namespaces.")
    sys.exit(main())
