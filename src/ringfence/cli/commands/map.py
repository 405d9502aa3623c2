# SPDX-License-Identifier: Apache-2.0
"""``ringfence map``."""

from __future__ import annotations

from pathlib import Path

import click

from ringfence.cli.command import command
from ringfence.cli.durations import DURATION
from ringfence.cli.settings import Settings


@command("map")
@click.option("--out", type=click.Path(path_type=Path, dir_okay=False), metavar="FILE", help="Write FILE, not stdout.")
@click.option(
    "--for", "seconds", type=DURATION, default=60, metavar="TIME", help="Count traffic for so long: 60s unless said."
)
@click.option("--attack-paths", "held", metavar="FROM", help="Draw where an intruder who holds FROM could go on.")
@click.option("--table", is_flag=True, help="Print a table, no picture.")
@click.pass_obj
def map(settings: Settings, out: Path | None, seconds: int, held: str | None, *, table: bool) -> None:  # noqa: A001 - the command's name
    """Draw the plant as it is now, or the ways of an intruder.

    An SVG with everything in it: zones by Purdue level, workloads with state and last verdict, assets with their
    link, conduits with the traffic between two looks (Ctrl-C ends the wait early), what no conduit names. FROM is a
    workload, asset, uplink or the host: every way on is drawn with what blocks it. Nothing is told by colour alone.
    """
    from ringfence.cli.map_job import Options, map_job

    map_job(settings, Options(out, seconds, held, table))
