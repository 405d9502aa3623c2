# SPDX-License-Identifier: Apache-2.0
"""``ringfence release``."""

from __future__ import annotations

import click

from ringfence.cli.command import command
from ringfence.cli.names import STANDING
from ringfence.cli.settings import Settings


@command("release")
@click.argument("name", type=STANDING, required=False)
@click.pass_obj
def release(settings: Settings, name: str | None) -> int:
    """Open again what an island, a cut or a hold closed.

    Say which by its name, such as island/field, cut/poll, cut/asset/plc-7 or hold. Without a name, list what
    stands.
    """
    from ringfence.cli.emergency import release_or_list

    return release_or_list(settings, name)
