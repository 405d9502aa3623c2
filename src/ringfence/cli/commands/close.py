# SPDX-License-Identifier: Apache-2.0
"""``ringfence close``."""

from __future__ import annotations

import click

from ringfence.cli.command import command
from ringfence.cli.names import DORMANT
from ringfence.cli.settings import Settings


@command("close")
@click.argument("conduit", type=DORMANT)
@click.pass_obj
def close(settings: Settings, conduit: str) -> None:
    """Close a granted conduit before its time.

    The grant ends at once, with its connections. A conduit that stands open for good is closed by 'ringfence cut'.
    """
    from ringfence.app.granting import close as shut
    from ringfence.app.opening import open_applied
    from ringfence.cli.root import place_for_root
    from ringfence.cli.say import answer
    from ringfence.cli.show.grants import grant_lines
    from ringfence.cli.which import which

    with open_applied(place_for_root("close a conduit"), which(settings)) as (session, file):
        made = shut(session, file, conduit)
    answer(settings, made, grant_lines(made, settings.paint))
