# SPDX-License-Identifier: Apache-2.0
"""``ringfence hold``."""

from __future__ import annotations

import click

from ringfence.cli.command import command
from ringfence.cli.settings import Settings


@command("hold")
@click.option("--reason", default="", metavar="TEXT", help="Why, for those who come after you.")
@click.pass_obj
def hold(settings: Settings, reason: str) -> int:
    """Let nothing happen by itself.

    No conduit closes because its time has come, and a job that fails is not taken back by itself: it says how to.
    What people do goes on, and so does what they said beforehand: a grant still ends when its time is over.
    Islands and cuts stay. It holds until 'ringfence release hold'.
    """
    from ringfence.cli.emergency import emergency

    return emergency(settings, "hold", "", reason)
