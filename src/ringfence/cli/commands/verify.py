# SPDX-License-Identifier: Apache-2.0
"""``ringfence verify``."""

from __future__ import annotations

import click

from ringfence.cli.command import command
from ringfence.cli.names import WORKLOAD
from ringfence.cli.settings import Settings

PARTS = ("rules", "proof", "packets", "facts")


@command("verify")
@click.argument("workload", type=WORKLOAD, required=False)
@click.option("--only", type=click.Choice(PARTS), help="Run one part only.")
@click.option("--no-packets", is_flag=True, help="Leave out the packets, the part that takes longest.")
@click.option("--history", is_flag=True, help="Show verifications that were kept, instead of running one.")
@click.pass_obj
def verify(settings: Settings, workload: str | None, only: str | None, *, no_packets: bool, history: bool) -> int:
    """Prove that what runs is what was declared, and nothing else.

    rules: what is loaded equals what was compiled. proof: nothing else can flow by what is loaded. packets: real
    packets in a sealed copy of it agree. facts: what the kernel says of each machine's process and of the host.
    The running plant is not touched. What cannot be told is unproven, never proven. With WORKLOAD all that was seen
    of one is shown. Exits with 1 when something is wrong, with 3 when something is unproven.
    """
    from ringfence.cli.verify_job import Options, history_job, verify_job

    if history:
        return history_job(settings)
    return verify_job(settings, Options(workload, only, packets=not no_packets))
