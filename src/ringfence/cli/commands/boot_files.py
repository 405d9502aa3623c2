# SPDX-License-Identifier: Apache-2.0
"""``ringfence boot-files``."""

from __future__ import annotations

from pathlib import Path

import click

from ringfence.cli.command import command
from ringfence.cli.settings import Settings


@command("boot-files")
@click.option("--to", type=click.Path(path_type=Path, file_okay=False), metavar="DIR", help="Write into DIR instead.")
@click.pass_obj
def boot_files(settings: Settings, to: Path | None) -> None:
    """Write the files that start the plant without Ringfence.

    Every apply writes them too. They need sh, ip, nft, dnsmasq and virsh, and neither Python nor a network:
    fabric first, then workloads in their order. With --to they are copied, to be read or kept elsewhere.
    """
    from ringfence.app.boot_files import write_boot_files
    from ringfence.app.opening import open_applied
    from ringfence.cli.root import place_for_root
    from ringfence.cli.say import answer
    from ringfence.cli.which import which

    with open_applied(place_for_root("write boot files"), which(settings)) as (session, file):
        made = write_boot_files(session, file, to)
    answer(settings, made, [*made.files, "", f"By hand, the plant starts with: {made.command}"])
