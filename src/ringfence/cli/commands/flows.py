# SPDX-License-Identifier: Apache-2.0
"""``ringfence flows``."""

from __future__ import annotations

import click

from ringfence.cli.command import command
from ringfence.cli.durations import DURATION
from ringfence.cli.names import CONDUIT, WORKLOAD, ZONE
from ringfence.cli.settings import Settings


@command("flows")
@click.option("--conduit", type=CONDUIT, help="Only what this conduit lets pass; 'probe/NAME' for a probe.")
@click.option("--workload", type=WORKLOAD, help="Only what this workload or asset says or hears.")
@click.option("--zone", type=ZONE, help="Only what begins or ends in this zone.")
@click.option("--for", "seconds", type=DURATION, metavar="TIME", help="Look twice, so long apart, and show rates.")
@click.pass_obj
def flows(settings: Settings, conduit: str | None, workload: str | None, zone: str | None, seconds: int | None) -> None:
    """Show who talks to whom now, and by which conduit.

    Reads the router's connection table. Connections of one opener to one port are one line: AGE is the oldest
    one's, IDLE the time since the last packet. A conversation that no conduit names is shown first, as NONE.
    Frames of layer-2 conduits and relayed broadcasts have no connections, and are not in it.
    """
    from ringfence.app.flows import Wanted
    from ringfence.app.flows import flows as look
    from ringfence.app.opening import open_applied
    from ringfence.cli.root import place_for_root
    from ringfence.cli.say import answer
    from ringfence.cli.show.flows import flow_lines
    from ringfence.cli.which import which

    meant = which(settings)
    with open_applied(place_for_root("look at what talks here"), meant) as (session, _):
        found = look(session, str(meant.path.parent), Wanted(conduit, workload, zone, seconds or 0))
    answer(settings, found, flow_lines(found, settings.paint))
