# SPDX-License-Identifier: Apache-2.0
"""``ringfence restart``."""

from __future__ import annotations

import click

from ringfence.cli.command import command
from ringfence.cli.names import WORKLOAD
from ringfence.cli.settings import Settings


@command("restart")
@click.argument("names", nargs=-1, required=True, type=WORKLOAD, metavar="NAME...")
@click.option("-y", "--yes", is_flag=True, help="Do not ask.")
@click.pass_obj
def restart(settings: Settings, names: tuple[str, ...], *, yes: bool) -> int:
    """Stop workloads and start them again.

    A new definition takes effect; disks and addresses stay.
    """
    from ringfence.cli.power_job import power_job

    return power_job(settings, "restart", names, yes=yes)
