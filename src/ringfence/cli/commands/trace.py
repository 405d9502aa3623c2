# SPDX-License-Identifier: Apache-2.0
"""``ringfence trace``."""

from __future__ import annotations

import click

from ringfence.cli.command import command
from ringfence.cli.durations import DURATION
from ringfence.cli.names import WORKLOAD
from ringfence.cli.settings import Settings


@command("trace")
@click.argument("source", type=WORKLOAD)
@click.argument("target", type=WORKLOAD)
@click.argument("service")
@click.option("--wait", type=DURATION, metavar="TIME", help="Follow the next packet that SOURCE sends itself.")
@click.option("--ipv6", is_flag=True, help="Ask with the IPv6 addresses.")
@click.pass_obj
def trace(settings: Settings, source: str, target: str, service: str, wait: int | None, *, ipv6: bool) -> int:
    """Follow a packet through the rules, and say where it stops.

    SOURCE and TARGET are workloads, assets or addresses, SERVICE a service, a flow such as tcp/502, or ping. Says
    what the rules decide and why. Then sends one packet into the router in SOURCE's name and tells each rule it
    meets; it is dropped behind the last one, so that TARGET hears nothing. Nothing of it stays. With --wait
    nothing is sent or dropped. Exits with 1 when the packet does not pass.
    """
    from ringfence.app.opening import open_applied
    from ringfence.app.session import Cancel
    from ringfence.app.tracing import Wish
    from ringfence.app.tracing import trace as follow
    from ringfence.cli.interrupt import waiting
    from ringfence.cli.root import place_for_root
    from ringfence.cli.say import answer
    from ringfence.cli.show.trace import trace_lines
    from ringfence.cli.which import which

    meant, cancel = which(settings), Cancel()
    wish = Wish(source, target, service, wait or 0, 6 if ipv6 else 0)
    with open_applied(place_for_root("follow packets"), meant) as (session, _), waiting(cancel):
        found = follow(session, str(meant.path.parent), wish, lambda: cancel.requested)
    answer(settings, found, trace_lines(found, settings.paint))
    return int(found.outcome != "passes")
