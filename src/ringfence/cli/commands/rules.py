# SPDX-License-Identifier: Apache-2.0
"""``ringfence rules``."""

from __future__ import annotations

import click

from ringfence.cli.command import command
from ringfence.cli.settings import Settings


@command("rules")
@click.argument("ids", nargs=-1, metavar="[ID]...")
@click.pass_obj
def rules(settings: Settings, ids: tuple[str, ...]) -> None:
    """List the design rules, or explain one.

    An ID is such as RF-CON-001. Every rule says what it finds, why that matters, what to do, and which clauses
    of IEC 62443-3-3 and NIST SP 800-82 it stands for.
    """
    from ringfence.app.rules import rules as known
    from ringfence.cli.say import answer
    from ringfence.cli.show.history import explained, rule_lines

    found = known(ids)
    lines = [line for one in found.rules for line in (*explained(one, settings.paint), "")][:-1]
    answer(settings, found, lines if ids else rule_lines(found, settings.paint))
