# SPDX-License-Identifier: Apache-2.0
"""``ringfence destroy``."""

from __future__ import annotations

from pathlib import Path

import click

from ringfence.cli.command import command
from ringfence.cli.settings import Settings


@command("destroy")
@click.argument("site", type=click.Path(path_type=Path), required=False)
@click.option("--destroy-data", multiple=True, metavar="NAME", help="Agree to lose WORKLOAD or WORKLOAD/DISK.")
@click.option("--all-data", is_flag=True, help="Agree to lose every disk of the site.")
@click.option("--forget", is_flag=True, help="Delete revisions and history too, when nothing else is left.")
@click.option("-y", "--yes", is_flag=True, help="Do not ask.")
@click.pass_obj
def destroy(
    settings: Settings, site: Path | None, *, destroy_data: tuple[str, ...], all_data: bool, forget: bool, yes: bool
) -> int:
    """Take the whole site away.

    Stops every workload and removes domains, zones, rules and boot files. Disks with data stay, unless
    --destroy-data or --all-data says otherwise. It works from the site file too, when the history is lost.
    """
    from ringfence.cli.destroy_job import Options, destroy_job

    return destroy_job(settings, site, Options(frozenset(destroy_data), all_data, forget, yes))
