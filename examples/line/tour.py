# SPDX-License-Identifier: Apache-2.0
"""A short tour of the packaging line, printed from real results: ``python -m examples.line.tour``, as root.

``ringfence`` has to be on PATH. Nothing here knows what the answers will be. A stop whose answer is not what the site
file promises ends the tour with exit status 1.
"""

from __future__ import annotations

import json
import time

from examples.guest import Guest
from examples.line.plant import PLC, SETPOINTS, Line
from examples.tour import Tour, promise, say, site_beside, stop
from guests.roles.wire.client import READ_HOLDING, Client

NAME = "line"
TOUR = Tour(site_beside(__file__))
LINE = Line()
SETPOINT = 10
PATIENCE_S = 20
BOTH = "    to: [asset/plc-a, asset/plc-b]\n"


def build_line() -> None:
    """Stop 1: the skids, without Ringfence."""
    stop(1, "Two skids, simulated: each with a controller at 192.168.0.10")
    LINE.up()
    for skid in SETPOINTS:
        said = beside(skid)
        say(f"    panel of skid {skid}$ modbus read {PLC} {SETPOINT}   ->   {said}")
        promise(said == SETPOINTS[skid], f"skid {skid} has another set-point")


def beside(skid: str) -> int:
    """Let a skid's own panel read the set-point from the controller beside it."""
    with LINE.panel(skid).inside(lambda: Client(PLC, 502)) as client:
        return client.read_words(READ_HOLDING, SETPOINT)[0]


def bring_up() -> None:
    """Stop 2: the SCADA server."""
    stop(2, "One SCADA server, two skids with the same addresses")
    TOUR.bring_up()


def seen() -> dict[str, dict[str, object]]:
    """Return what the SCADA server says of each skid's controller."""
    told = Guest("scada", NAME).run("/bin/wget", "-q", "-O", "-", "http://127.0.0.1:8080/values.json")
    found: dict[str, dict[str, object]] = json.loads(told.text)["plcs"]
    return found


def wait_for(wanted: dict[str, bool]) -> None:
    """Wait until exactly the skids that are wanted answer the SCADA server, and show what it reads."""
    end = time.monotonic() + PATIENCE_S
    while (answer := {skid: bool(plc["ok"]) for skid, plc in seen().items()}) != wanted and time.monotonic() < end:
        time.sleep(0.5)
    for skid, plc in seen().items():
        values = plc["values"] if plc["ok"] else None
        shown = f"set-point {values['setpoint']}" if isinstance(values, dict) else "no recent answer"
        say(f"    skid {skid} as {plc['address']}: {shown}")
        right = not isinstance(values, dict) or values["setpoint"] == SETPOINTS[skid]
        promise(right, f"another controller answered for skid {skid}")
    promise(answer == wanted, "not exactly the skids that are declared answer")


def read_both() -> None:
    """Stop 3: the right controller answers under each address."""
    stop(3, "It reads both under addresses of their own, and the right one answers (conduit 'poll')")
    wait_for({"a": True, "b": True})


def stay_apart() -> None:
    """Stop 4: nothing of one skid reaches the other."""
    stop(4, "Neither skid reaches the other, nor the server that reads it")
    for target, port in (("10.11.2.10", "502"), ("10.11.0.11", "8080")):
        got = LINE.plc("a").ask("busybox", "nc", "-w", "3", target, port).returncode == 0
        say(f"    plc of skid a$ nc {target} {port}   ->   {'connected' if got else 'no answer'}")
        promise(not got, f"skid a reaches {target}")


def change_a_line() -> None:
    """Stop 5: one skid is taken out of the conduit."""
    stop(5, "Skid b is taken out of the conduit")
    with TOUR.changed(BOTH, BOTH.replace(", asset/plc-b", "")) as changed:
        say("-   to: [asset/plc-a, asset/plc-b]\n+   to: [asset/plc-a]")
        TOUR.ringfence("apply", "--yes", site=changed)
        wait_for({"a": True, "b": False})
    say("The site file as it was comes back with one more apply:")
    TOUR.ringfence("apply", "--yes")
    wait_for({"a": True, "b": True})


def main() -> None:
    """Walk through all stops."""
    TOUR.walk("packaging line", (build_line, bring_up, read_both, stay_apart, change_a_line), "scada")


if __name__ == "__main__":
    main()
