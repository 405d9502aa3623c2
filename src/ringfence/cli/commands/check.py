# SPDX-License-Identifier: Apache-2.0
"""``ringfence check``."""

from __future__ import annotations

from pathlib import Path

import click

from ringfence.cli.command import command
from ringfence.cli.settings import Settings

BAD = frozenset({"error", "high", "medium"})


@command("check")
@click.argument("site", type=click.Path(path_type=Path), required=False)
@click.option("-v", "--verbose", is_flag=True, help="Show accepted findings too.")
@click.pass_obj
def check(settings: Settings, site: Path | None, *, verbose: bool) -> int:
    """Hold the site file against the design rules.

    Everything that is wrong is told together, with its place and what to do. Exits with 1 when a finding of
    severity error, high or medium is not accepted, with 2 when the file cannot be used at all. Needs no root.
    """
    from ringfence.app.checking import check_site
    from ringfence.app.opening import wanted_site
    from ringfence.app.place import Place
    from ringfence.cli.say import answer
    from ringfence.cli.show.findings import check_lines
    from ringfence.cli.which import which

    place = Place.from_environment()
    file = wanted_site(place, which(settings, site))
    report = check_site(place, file)
    answer(settings, report, check_lines(report, str(file.path), settings.paint, verbose=verbose))
    return int(any(found.severity in BAD for found in report.findings))
