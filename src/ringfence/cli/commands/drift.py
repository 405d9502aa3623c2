# SPDX-License-Identifier: Apache-2.0
"""``ringfence drift``."""

from __future__ import annotations

from pathlib import Path

import click

from ringfence.cli.command import command
from ringfence.cli.settings import Settings


@command("drift")
@click.argument("site", type=click.Path(path_type=Path), required=False)
@click.pass_obj
def drift(settings: Settings, site: Path | None) -> int:
    """Show what was changed behind Ringfence's back.

    Compares the host with the applied revision, part by part: domains, rules, links, disks, boot files.
    Exits with 1 when there is drift.
    """
    from ringfence.app.drifting import drift_report
    from ringfence.app.opening import open_applied
    from ringfence.cli.root import place_for_root
    from ringfence.cli.say import answer
    from ringfence.cli.show.history import drift_lines
    from ringfence.cli.which import which

    with open_applied(place_for_root("look at what runs here"), which(settings, site)) as (session, file):
        found = drift_report(session, file.site)
    answer(settings, found, drift_lines(found, settings.paint))
    return int(bool(found.drift))
