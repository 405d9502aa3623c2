# SPDX-License-Identifier: Apache-2.0
"""``ringfence cut``."""

from __future__ import annotations

import click

from ringfence.cli.command import command
from ringfence.cli.names import CUTTABLE
from ringfence.cli.settings import Settings


@command("cut")
@click.argument("name", type=CUTTABLE, metavar="CONDUIT|ASSET")
@click.option("--reason", default="", metavar="TEXT", help="Why, for those who come after you.")
@click.pass_obj
def cut(settings: Settings, name: str, reason: str) -> int:
    """Cut a conduit, or all that is said with an asset, at once.

    The connections that are open end. It stays so over apply, revert and reboot, until 'ringfence release
    cut/CONDUIT' or 'ringfence release cut/asset/NAME'. Where a conduit and an asset have one name, say
    conduit/NAME or asset/NAME. Nothing is asked and no network is needed.
    """
    from ringfence.cli.emergency import emergency

    return emergency(settings, "cut", name, reason)
