# SPDX-License-Identifier: Apache-2.0
"""``ringfence picture``."""

from __future__ import annotations

from pathlib import Path

import click

from ringfence.cli.command import command
from ringfence.cli.settings import Settings


@command("picture")
@click.argument("site", type=click.Path(path_type=Path), required=False)
@click.option("--out", type=click.Path(path_type=Path, dir_okay=False), metavar="FILE", help="Write FILE, not stdout.")
@click.pass_obj
def picture(settings: Settings, site: Path | None, out: Path | None) -> None:
    """Draw the zones, workloads and conduits as SVG.

    Zones are bands by Purdue level, the enterprise above and the field below; arrows show who may start a
    conversation with whom; dormant conduits are dashed and have a padlock. Needs no root, and asks no host.
    """
    from ringfence.app.drawing import write_picture
    from ringfence.app.opening import wanted_site
    from ringfence.app.place import Place
    from ringfence.app.zone_picture import zone_picture
    from ringfence.cli.say import answer, write
    from ringfence.cli.which import which

    file = wanted_site(Place.from_environment(), which(settings, site))
    if out is None:
        write(zone_picture(file.site))
        return
    made = write_picture(file, out)
    answer(settings, made, [f"Wrote {out}."])
