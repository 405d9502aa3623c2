# SPDX-License-Identifier: Apache-2.0
"""``ringfence island``."""

from __future__ import annotations

import click

from ringfence.cli.command import command
from ringfence.cli.names import ZONE
from ringfence.cli.settings import Settings


@command("island")
@click.argument("zone", type=ZONE)
@click.option("--reason", default="", metavar="TEXT", help="Why, for those who come after you.")
@click.pass_obj
def island(settings: Settings, zone: str, reason: str) -> int:
    """Cut a zone from everything outside, at once.

    What stays inside the zone goes on: its workloads, its assets, and the probes of its workloads. Everything that
    crosses its border ends, in both directions, with the connections that are open. It stays so over apply, revert
    and reboot, until 'ringfence release island/ZONE'. Nothing is asked and no network is needed.
    """
    from ringfence.cli.emergency import emergency

    return emergency(settings, "island", zone, reason)
