# SPDX-License-Identifier: Apache-2.0
"""``ringfence learn``."""

from __future__ import annotations

from pathlib import Path

import click

from ringfence.cli.command import command
from ringfence.cli.durations import DURATION
from ringfence.cli.names import ZONE
from ringfence.cli.settings import Settings


@command("learn")
@click.argument("zone", type=ZONE)
@click.option("--for", "seconds", type=DURATION, required=True, metavar="TIME", help="How long: 10m, 2h, 7d.")
@click.option("--out", type=click.Path(path_type=Path, dir_okay=False), help="Write the proposed conduits to a file.")
@click.pass_obj
def learn(settings: Settings, zone: str, seconds: int, out: Path | None) -> None:
    """Watch who talks in a zone, and propose conduits.

    The zone's owner allows it in the site file (learn: until, by). The kernel counts conversations without copying a
    packet: what passes and what is denied, how often and how regular, and frames that are no IP. Ctrl-C ends it
    early. Nothing opens by itself: the proposal has to be given owners and put into the site file.
    """
    from ringfence.app.learning import learn as watch
    from ringfence.app.opening import open_wanted
    from ringfence.app.session import Cancel
    from ringfence.cli.interrupt import waiting
    from ringfence.cli.root import place_for_root
    from ringfence.cli.say import answer, tell
    from ringfence.cli.show.learned import learned_lines
    from ringfence.cli.show.words import duration
    from ringfence.cli.which import which

    def begun(lasts: float) -> None:
        tell(settings, f"Watching zone {zone} for {duration(round(lasts))}; Ctrl-C ends it early.")

    cancel = Cancel()
    meant = which(settings, cancel=cancel)
    with open_wanted(place_for_root("watch a zone"), meant) as (session, file), waiting(cancel):
        found = watch(session, file, zone, seconds, begun)
    if out is not None:
        out.write_text(found.proposal, encoding="utf-8")
    answer(settings, found, learned_lines(found, settings.paint, str(out) if out else None))
