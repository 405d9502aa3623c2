# SPDX-License-Identifier: Apache-2.0
"""A short tour of the water works, printed from real results: ``python -m examples.waterworks.tour``, as root.

``ringfence`` has to be on PATH.

Nothing here knows what the answers will be. A stop whose answer is not what the site file promises ends the tour
with exit status 1.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime

from examples.guest import Guest
from examples.tour import Tour, promise, say, site_beside, stop

NAME = "waterworks"
TOUR = Tour(site_beside(__file__))
PLC = "10.10.1.11"
SET_POINT = "10"
GRANT_S = 60
HOLD_S = GRANT_S + 8
NANOSECONDS = 1_000_000_000


def bring_up() -> None:
    """Stop 1: check the site file, look at the plan, apply it."""
    stop(1, "One site file becomes a running plant")
    TOUR.bring_up()


def read_register() -> None:
    """Stop 2: the SCADA server reads both PLCs."""
    stop(2, "The SCADA server reads the PLCs' registers (Modbus, through the conduit 'poll')")
    told = Guest("scada", NAME).run("/bin/wget", "-q", "-O", "-", "http://127.0.0.1:8080/values.json")
    plcs = json.loads(told.text)["plcs"]
    for name, plc in plcs.items():
        say(f"    tank {name}: level {plc['values']['level']}, set-point {plc['values']['setpoint']}")
    promise(all(plc["ok"] for plc in plcs.values()), "a PLC does not answer the SCADA server")


def find_history() -> None:
    """Stop 3: the same values lie in the historian."""
    stop(3, "The historian keeps them (HTTP, through the conduit 'history')")
    asked = "http://127.0.0.1:8086/query?db=plant&measurement=tank&field=level&plc=north&last=3"
    told = Guest("historian", NAME).run("/bin/wget", "-q", "-O", "-", asked)
    points = json.loads(told.text)["points"]
    for point in points:
        at = datetime.fromtimestamp(point["time"] / NANOSECONDS, UTC)
        say(f"    {at:%H:%M:%S} UTC: level {point['value']} of tank {point['tags']['plc']}")
    promise(bool(points), "the historian has no value of the northern tank")


def write(expected: int) -> None:
    """Try to write the set-point from the DMZ; say and check what came of it."""
    told = Guest("jump", NAME).run("/usr/bin/modbus", "write", PLC, SET_POINT, "850")
    say(f"    jump$ modbus write {PLC} {SET_POINT} 850   ->   {told.text or 'written'}")
    promise(told.status == expected, "a write from the DMZ " + ("passed" if expected else "did not pass"))


def try_to_write() -> None:
    """Stop 4: a write from the DMZ is dropped and counted."""
    stop(4, "A write attempt from the DMZ is blocked, and counted")
    before = TOUR.status()["denied"]["undeclared"]
    write(expected=1)
    after = TOUR.status()["denied"]["undeclared"]
    say(f"    packets without a conduit: {before} before, {after} after")
    promise(after > before, "the blocked packets were not counted")


def write_with_grant() -> None:
    """Stop 5: the same write passes while a person has granted it, and not a second longer."""
    stop(5, f"The same, granted for {GRANT_S} seconds")
    TOUR.ringfence("grant", "vendor-write", "--for", f"{GRANT_S}s")
    jump = Guest("jump", NAME)
    held = jump.start("/usr/bin/tcphold", PLC, "502", str(HOLD_S))
    write(expected=0)
    say(f"    One more connection is held open across the end of the grant: {HOLD_S} s, a question each second.")
    lines = jump.wait(held, HOLD_S + 60).text.splitlines()
    passed = [line for line in lines if line.endswith(" ok")]
    blocked = [line for line in lines if line.endswith(" blocked")]
    promise(bool(passed and blocked), "the held connection was not ended with the grant")
    say(f"    jump$ tcphold   ->   answered until {passed[-1]}, then {blocked[0]}: the open connection ended too")
    write(expected=1)


def change_a_line() -> None:
    """Stop 6: one line of the site file changes; only that conversation does."""
    stop(6, "One line of the site file changes")
    wide = "  set-up:\n    from: workload/station\n    to: [workload/plc-north, workload/plc-south]\n"
    with TOUR.changed(wide, wide.replace(", workload/plc-south", "")) as changed:
        say("-   to: [workload/plc-north, workload/plc-south]\n+   to: [workload/plc-north]")
        TOUR.ringfence("plan", site=changed)
        TOUR.ringfence("apply", "--yes", site=changed)
        told = Guest("station", NAME).run("/usr/bin/modbus", "read", "10.10.1.12", "0")
        say(f"    station$ modbus read 10.10.1.12 0   ->   {told.text}")
        promise(told.status == 1, "the station still reaches the southern PLC")
    say("The site file as it was comes back with one more apply:")
    TOUR.ringfence("apply", "--yes")
    told = Guest("station", NAME).run("/usr/bin/modbus", "read", "10.10.1.12", "0")
    say(f"    station$ modbus read 10.10.1.12 0   ->   {told.text}")
    promise(told.status == 0, "the station does not reach the southern PLC again")


def verify() -> None:
    """Stop 7: what runs is proven to be what is declared; a rule put in by hand is named with all that it lets pass."""
    stop(7, "Nothing else can flow: proven from what is loaded, and tried with packets in a sealed copy of it")
    # What this host's own settings lack (1), or nobody can tell here (3), is told; the tour promises the rest.
    TOUR.ringfence("verify", fine=(0, 1, 3))
    told = TOUR.told("verify", "--no-packets")
    fabric = {part["name"]: part["verdict"] for part in told["parts"] if part["name"] != "facts"}
    promise(set(fabric.values()) == {"proven"}, "what is loaded is not proven to be what is declared")
    say("Where could somebody go who took over the jump host?")
    TOUR.ringfence("map", "--attack-paths", "jump", "--table")


def main() -> None:
    """Walk through all stops."""
    stops = (bring_up, read_register, find_history, try_to_write, write_with_grant, change_a_line, verify)
    TOUR.walk("water works", stops, "scada")


if __name__ == "__main__":
    main()
