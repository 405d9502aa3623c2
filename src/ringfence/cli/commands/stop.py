# SPDX-License-Identifier: Apache-2.0
"""``ringfence stop``."""

from __future__ import annotations

import click

from ringfence.cli.command import command
from ringfence.cli.names import WORKLOAD
from ringfence.cli.settings import Settings


@command("stop")
@click.argument("names", nargs=-1, required=True, type=WORKLOAD, metavar="NAME...")
@click.option("-y", "--yes", is_flag=True, help="Do not ask.")
@click.pass_obj
def stop(settings: Settings, names: tuple[str, ...], *, yes: bool) -> int:
    """Stop workloads.

    Each is asked to shut down and switched off when it does not. The next apply starts it again.
    """
    from ringfence.cli.power_job import power_job

    return power_job(settings, "stop", names, yes=yes)
