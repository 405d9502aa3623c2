# SPDX-License-Identifier: Apache-2.0
"""``ringfence plan``."""

from __future__ import annotations

from pathlib import Path

import click

from ringfence.cli.command import command
from ringfence.cli.settings import Settings


@command("plan")
@click.argument("site", type=click.Path(path_type=Path), required=False)
@click.option(
    "--out", type=click.Path(path_type=Path), metavar="FILE", help="Keep the plan for 'ringfence apply FILE'."
)
@click.option("--destroy-data", multiple=True, metavar="NAME", help="Agree to lose WORKLOAD or WORKLOAD/DISK.")
@click.option("--exit-code", is_flag=True, help="Exit with 1 when there is something to change.")
@click.option("-v", "--verbose", is_flag=True, help="Show every step and every part that changes.")
@click.pass_obj
def plan(
    settings: Settings,
    site: Path | None,
    out: Path | None,
    destroy_data: tuple[str, ...],
    *,
    exit_code: bool,
    verbose: bool,
) -> int:
    """Show what apply would change, and what it costs.

    The plan compares what the site file compiles to with what stands on the host. It says which workloads are
    restarted, which conversations open and close, and which line of the site file each step comes from.
    Nothing is changed.
    """
    from ringfence.app.opening import open_wanted
    from ringfence.app.plan_file import write_plan
    from ringfence.app.planning import plan_site, report
    from ringfence.cli.root import place_for_root
    from ringfence.cli.say import answer, tell
    from ringfence.cli.show.plan import plan_lines
    from ringfence.cli.which import which

    with open_wanted(place_for_root("look at what runs here"), which(settings, site)) as (session, file):
        planned = plan_site(session, file, frozenset(destroy_data))
    if out is not None:
        write_plan(out, planned.plan)
    found = report(planned)
    answer(settings, found, plan_lines(found, settings.paint, verbose=verbose))
    if out is not None:
        tell(settings, f"The plan is in {out}. Apply exactly this with: ringfence apply {out}")
    return int(exit_code and bool(found.steps))
