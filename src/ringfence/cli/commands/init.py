# SPDX-License-Identifier: Apache-2.0
"""``ringfence init``."""

from __future__ import annotations

from pathlib import Path

import click

from ringfence.cli.command import command
from ringfence.cli.settings import Settings


@command("init")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False), required=False)
@click.option("--called", metavar="NAME", help="Name of the site; otherwise the folder's.")
@click.option("--force", is_flag=True, help="Replace a file that is there.")
@click.pass_obj
def init(settings: Settings, file: Path | None, called: str | None, *, force: bool) -> None:
    """Look at this host and write a site file to start from.

    The file (./site.yaml unless named) tells what was seen: cores, memory, disk space, whether KVM really works,
    network interfaces. It checks clean, and explains what to add. libvirt has to answer; root is not needed.
    """
    from ringfence.app.place import Place
    from ringfence.app.session import principal
    from ringfence.app.starting import name_from, write_start
    from ringfence.cli.say import answer
    from ringfence.cli.which import which

    path = file or which(settings).path
    name = called or name_from(path.resolve().parent.name)
    made = write_start(Place.from_environment(), path, name, principal(), force=force)
    answer(settings, made, [f"Wrote {path}. Edit it, then: ringfence check --site {path}"])
