# SPDX-License-Identifier: Apache-2.0
"""``ringfence apply``."""

from __future__ import annotations

from pathlib import Path

import click

from ringfence.cli.command import command
from ringfence.cli.settings import Settings


@command("apply")
@click.argument("file", type=click.Path(path_type=Path), required=False)
@click.option("-y", "--yes", is_flag=True, help="Do not ask.")
@click.option("--destroy-data", multiple=True, metavar="NAME", help="Agree to lose WORKLOAD or WORKLOAD/DISK.")
@click.option("--keep", is_flag=True, help="When a workload fails, keep what is healthy.")
@click.option("--workers", type=click.IntRange(1, 64), default=4, show_default=True, help="Steps side by side.")
@click.pass_obj
def apply(
    settings: Settings, file: Path | None, *, yes: bool, destroy_data: tuple[str, ...], keep: bool, workers: int
) -> int:
    """Make the plant what the site file says.

    Shows the plan, asks, and carries it out: fabric first, then workloads, each waited for until it answers its
    probes. What fails is taken back, except where that would stop an essential function or lose data. A job
    that was interrupted or killed is continued by the next apply.

    FILE is a site file, or a plan that 'ringfence plan --out' wrote: then exactly that plan is applied, or
    refused because the world moved.
    """
    from ringfence.cli.apply_job import Options, apply_job

    return apply_job(settings, file, Options(frozenset(destroy_data), yes, keep, workers))
