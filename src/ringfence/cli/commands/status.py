# SPDX-License-Identifier: Apache-2.0
"""``ringfence status``."""

from __future__ import annotations

from pathlib import Path

import click

from ringfence.cli.command import command
from ringfence.cli.settings import Settings


@command("status")
@click.argument("site", type=click.Path(path_type=Path), required=False)
@click.option("--exit-code", is_flag=True, help="Exit with 1 when a workload is not healthy or something drifted.")
@click.pass_obj
def status(settings: Settings, site: Path | None, *, exit_code: bool) -> int:
    """Show how every workload is.

    Asks libvirt and every probe now. Says when nothing real stands behind it (SIMULATED), and when software
    emulates the processors, so that no promise about time holds. Grants are shown with the time that is left,
    denied packets by reason.
    """
    from ringfence.app.opening import open_applied
    from ringfence.app.status import status as look
    from ringfence.cli.root import place_for_root
    from ringfence.cli.say import answer
    from ringfence.cli.show.status import status_lines
    from ringfence.cli.which import which

    meant = which(settings, site)
    with open_applied(place_for_root("look at what runs here"), meant) as (session, _):
        found = look(session, str(meant.path.parent))
    answer(settings, found, status_lines(found, settings.paint))
    bad = bool(found.drift) or any(one.health != "healthy" for one in found.workloads)
    return int(exit_code and bad)
