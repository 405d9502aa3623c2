# SPDX-License-Identifier: Apache-2.0
"""``ringfence start``."""

from __future__ import annotations

import click

from ringfence.cli.command import command
from ringfence.cli.names import WORKLOAD
from ringfence.cli.settings import Settings


@command("start")
@click.argument("names", nargs=-1, required=True, type=WORKLOAD, metavar="NAME...")
@click.option("-y", "--yes", is_flag=True, help="Do not ask.")
@click.pass_obj
def start(settings: Settings, names: tuple[str, ...], *, yes: bool) -> int:
    """Start workloads.

    Each is waited for until it answers its probes; what it declares under after: is started first.
    """
    from ringfence.cli.power_job import power_job

    return power_job(settings, "start", names, yes=yes)
