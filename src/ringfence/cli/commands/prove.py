# SPDX-License-Identifier: Apache-2.0
"""``ringfence prove``."""

from __future__ import annotations

from pathlib import Path

import click

from ringfence.cli.command import command
from ringfence.cli.names import QUESTION
from ringfence.cli.settings import Settings


@command("prove")
@click.argument("site", type=click.Path(path_type=Path), required=False)
@click.option("--loaded", is_flag=True, help="Prove what is loaded on this host too.")
@click.option("--why", type=QUESTION, nargs=3, metavar="SRC DST SERVICE", help="Say what decides, both ways.")
@click.option("--matrix", is_flag=True, help="Show who may open what to whom.")
@click.option("--svg", type=click.Path(path_type=Path, dir_okay=False), metavar="FILE", help="Draw the matrix.")
@click.option("-v", "--verbose", is_flag=True, help="Show every rule on the way of each packet.")
@click.pass_obj
def prove(
    settings: Settings,
    site: Path | None,
    why: tuple[str, str, str] | None,
    svg: Path | None,
    *,
    loaded: bool,
    matrix: bool,
    verbose: bool,
) -> int:
    """Prove that nothing else can flow than what was declared.

    Works out from the compiled rules, bridges and settings everything that any packet can reach, and every way past
    the network. Equal to the site file, or the smallest packet that tells them apart, with the rule that lets it
    through and its line. With --why, SRC and DST are workloads, assets or addresses, SERVICE a service, a flow such
    as tcp/502, or ping. Nothing is changed. Exits with 1 when something is wrong, with 3 when something is unproven.
    """
    from ringfence.cli.prove_job import Options, prove_job

    return prove_job(settings, Options(site, loaded, why, matrix, svg, verbose))
