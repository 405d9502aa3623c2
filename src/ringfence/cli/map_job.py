# SPDX-License-Identifier: Apache-2.0
"""How ``map`` goes."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from ringfence.app.attack import attacked
from ringfence.app.drawing import require_place, write_text
from ringfence.app.mapping import map_picture, site_map
from ringfence.app.opening import open_applied
from ringfence.app.session import Cancel

from .interrupt import waiting
from .root import place_for_root
from .say import show, show_json, tell, write
from .settings import Settings
from .show.site_map import map_lines
from .show.words import duration
from .which import which


@dataclass(frozen=True, slots=True)
class Options:
    """What to draw, and where. ``table``: print lines, no picture."""

    out: Path | None
    seconds: int
    held: str | None
    table: bool


def map_job(settings: Settings, options: Options) -> None:
    """Look at the plant and draw it. With attack paths nobody waits for traffic."""
    cancel = Cancel()
    meant = which(settings, cancel=cancel)
    seconds = 0 if options.held else options.seconds
    with open_applied(place_for_root("look at what runs here"), meant) as (session, file), waiting(cancel):
        if options.out is not None:
            require_place(options.out)
        if seconds:
            tell(settings, f"Counting traffic for {duration(seconds)}; Ctrl-C ends it early, '--for 5s' is shorter.")
        found = site_map(session, file.site, str(meant.path.parent), seconds)
        if options.held:
            found = attacked(session, file.site, found, options.held)
    if options.out is not None:
        write_text(map_picture(file.site, found), options.out)
        tell(settings, f"Wrote {options.out}.")
    if settings.json:
        show_json(found)
    elif options.table or options.out is not None:
        show(map_lines(found, settings.paint))
    else:
        write(map_picture(file.site, found))
