# SPDX-License-Identifier: Apache-2.0
"""``ringfence console``."""

from __future__ import annotations

import click

from ringfence.cli.command import command
from ringfence.cli.names import WORKLOAD
from ringfence.cli.settings import Settings


@command("console")
@click.argument("workload", type=WORKLOAD, metavar="NAME")
@click.pass_obj
def console(settings: Settings, workload: str) -> None:
    """Attach this terminal to a workload's serial console.

    Ctrl-] leaves. The console needs no network: it works when every conduit is closed.
    """
    from ringfence.app.attaching import attach
    from ringfence.app.opening import open_applied
    from ringfence.cli.root import place_for_root
    from ringfence.cli.say import tell
    from ringfence.cli.which import which

    with open_applied(place_for_root("attach to a console"), which(settings)) as (session, file):
        tell(settings, f"Console of {workload}; Ctrl-] leaves.")
        attach(session, file, workload)
    tell(settings, "")
