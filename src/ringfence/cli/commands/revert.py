# SPDX-License-Identifier: Apache-2.0
"""``ringfence revert``."""

from __future__ import annotations

import click

from ringfence.cli.command import command
from ringfence.cli.settings import Settings


@command("revert")
@click.argument("number", type=click.IntRange(1), required=False, metavar="[N]")
@click.option("-y", "--yes", is_flag=True, help="Do not ask.")
@click.option("--destroy-data", multiple=True, metavar="NAME", help="Agree to lose WORKLOAD or WORKLOAD/DISK.")
@click.pass_obj
def revert(settings: Settings, number: int | None, *, yes: bool, destroy_data: tuple[str, ...]) -> int:
    """Go back to an earlier revision.

    Applies the site file of revision N again, as a new revision. Without N it goes back to the last one that
    was applied: that takes a failed or interrupted apply back. Disks keep what is on them.
    """
    from ringfence.cli.revert_job import revert_job

    return revert_job(settings, number, frozenset(destroy_data), yes=yes)
