# SPDX-License-Identifier: Apache-2.0
"""``ringfence revisions``."""

from __future__ import annotations

from pathlib import Path

import click

from ringfence.cli.command import command
from ringfence.cli.settings import Settings


@command("revisions")
@click.argument("site", type=click.Path(path_type=Path), required=False)
@click.pass_obj
def revisions(settings: Settings, site: Path | None) -> None:
    """List what was applied, when and by whom.

    The newest comes first; the one with a star is what should run now.
    """
    from ringfence.app.history import revisions as listed
    from ringfence.app.opening import open_applied
    from ringfence.cli.root import place_for_root
    from ringfence.cli.say import answer
    from ringfence.cli.show.history import revision_lines
    from ringfence.cli.which import which

    with open_applied(place_for_root("read what was applied"), which(settings, site)) as (session, _):
        found = listed(session)
    answer(settings, found, revision_lines(found, settings.paint))
