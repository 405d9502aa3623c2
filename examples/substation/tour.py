# SPDX-License-Identifier: Apache-2.0
"""A short tour of the substation, printed from real results: ``python -m examples.substation.tour``, as root.

``ringfence`` has to be on PATH. Nothing here knows what the answers will be. A stop whose answer is not what the site
file promises ends the tour with exit status 1.
"""

from __future__ import annotations

import time
from collections.abc import Callable

from examples.outside.space import PlantError
from examples.substation.bay import BayTwo
from examples.substation.plant import Substation
from examples.tour import Tour, promise, say, site_beside, stop
from guests.roles.goose.message import Message
from guests.roles.mms.read import OFF, ON

TOUR = Tour(site_beside(__file__))
SUBSTATION = Substation()
POSITION = "STATIONLD0/IED1$Pos"
PATIENCE_S = 20
TRIP_BAY_1 = """  trip-bay-1:
    from: asset/bay-2
    to: workload/ied-1/eth1
    layer2: {ethertype: 0x88b8, destination_mac: "01:0c:cd:01:00:02", vlan: 0}
    reason: Bay 2 says how its breaker is, and trips bay 1 when that fails.
    owner: Protection
"""


def build_substation() -> None:
    """Stop 1: the substation, without Ringfence."""
    stop(1, "A substation, simulated: bay 2, the utility's router and its control centre")
    SUBSTATION.up()
    with BayTwo(SUBSTATION.bay_2) as bay:
        silent = bay.wait(lambda _: True, 2) is None
    say(f"    bay 2 hears of bay 1   ->   {'nothing' if silent else 'something'}")
    promise(silent, "somebody speaks as bay 1")


def bring_up() -> None:
    """Stop 2: the relay of bay 1 and the gateway."""
    stop(2, "Bay 1 gets a virtual relay, the station a gateway")
    TOUR.bring_up()


def hear() -> None:
    """Stop 3: bay 2 hears the virtual relay."""
    stop(3, "Bay 2 hears its GOOSE, frames without addresses (conduit 'trip-bay-2')")
    with BayTwo(SUBSTATION.bay_2) as bay:
        heard = bay.wait(lambda _: True, 5) is not None
        promise(heard, "bay 2 does not hear bay 1")
        said = bay.heard[-1][1]
    say(f"    bay 2 hears {said.control_block}: breaker {said.values[0]}, state {said.state}, message {said.sequence}")


def trip(*, expected: bool) -> None:
    """Let bay 2 trip bay 1; say and check what came of it."""
    with BayTwo(SUBSTATION.bay_2) as bay:
        bay.trip(on=True)
        after = bay.wait(says(OFF), 3)
        came = "bay 1 stays closed" if after is None else f"bay 1 is open, {1000 * after:.0f} ms later"
        say(f"    bay 2: trip   ->   {came}")
        promise((after is not None) == expected, "bay 1 " + ("does not open" if expected else "opens"))
        if expected:
            show_position(OFF)
            bay.trip(on=False)
            promise(bay.wait(says(ON), 10) is not None, "bay 1 does not close again")


def says(position: str) -> Callable[[Message], bool]:
    """Return what tells whether a message names this position of the breaker."""
    return lambda message: message.values[0] == position


def show_position(wanted: str) -> None:
    """Let the control centre read the breaker's position, until it is the wanted one."""
    end, found = time.monotonic() + PATIENCE_S, ""
    while found != wanted and time.monotonic() < end:
        try:
            found = SUBSTATION.read(POSITION)
        except PlantError as error:  # the gateway starts with nothing
            found = str(error)
            time.sleep(0.5)
    say(f"    control centre$ read {POSITION}   ->   {found}")
    promise(found == wanted, f"the control centre does not see that the breaker is {wanted}")


def trip_and_watch() -> None:
    """Stop 4: a trip, and what the control centre sees."""
    stop(4, "Bay 2 trips bay 1; the control centre sees it, through gateway and router (MMS)")
    show_position(ON)
    trip(expected=True)
    show_position(ON)


def without_conduit() -> None:
    """Stop 5: the same without its conduit."""
    stop(5, "Without its conduit the same frame goes nowhere")
    with TOUR.changed(TRIP_BAY_1, "") as changed:
        TOUR.ringfence("apply", "--yes", site=changed)
        trip(expected=False)
    say("The site file as it was comes back with one more apply:")
    TOUR.ringfence("apply", "--yes")
    trip(expected=True)


def sampled_values() -> None:
    """Stop 6: what a software bridge cannot promise."""
    stop(6, "Sampled values and PTP: what a software bridge cannot keep is said before anything is built")
    TOUR.ringfence("check", site=TOUR.site.with_name("sampled-values.yaml"), fine=(1,))


def main() -> None:
    """Walk through all stops."""
    stops = (build_substation, bring_up, hear, trip_and_watch, without_conduit, sampled_values)
    TOUR.walk("substation", stops, "ied-1")


if __name__ == "__main__":
    main()
