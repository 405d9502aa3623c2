# SPDX-License-Identifier: Apache-2.0
"""``ringfence grant``."""

from __future__ import annotations

import click

from ringfence.cli.command import command
from ringfence.cli.durations import DURATION
from ringfence.cli.names import DORMANT
from ringfence.cli.settings import Settings


@command("grant")
@click.argument("conduit", type=DORMANT)
@click.option("--for", "seconds", type=DURATION, required=True, metavar="TIME", help="How long: 60s, 30m, 2h.")
@click.pass_obj
def grant(settings: Settings, conduit: str, seconds: int) -> None:
    """Open a dormant conduit for a time.

    The kernel itself closes it when the time is over, with its connections, also when Ringfence is away.
    A grant is not kept over a reboot. Granting again sets the time anew.
    """
    from ringfence.app.granting import grant as open_for
    from ringfence.app.opening import open_applied
    from ringfence.cli.root import place_for_root
    from ringfence.cli.say import answer
    from ringfence.cli.show.grants import grant_lines
    from ringfence.cli.which import which

    with open_applied(place_for_root("open a conduit"), which(settings)) as (session, file):
        made = open_for(session, file, conduit, seconds)
    answer(settings, made, grant_lines(made, settings.paint))
