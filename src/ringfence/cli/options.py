# SPDX-License-Identifier: Apache-2.0
"""The options that every command has; they may stand before or after its name."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from .settings import Settings


def _setter(field: str) -> Callable[[click.Context, click.Parameter, Any], None]:
    def keep(context: click.Context, _parameter: click.Parameter, value: Any) -> None:  # noqa: ANN401 - click's
        settings = context.find_object(Settings)
        if value and settings is not None:
            setattr(settings, field, value)

    return keep


def shared(*, environment: bool = False) -> list[click.Parameter]:
    """Return new copies of the options. ``environment``: read RINGFENCE_SITE, which only the first place may do."""
    site = click.Option(
        ["site_file", "-s", "--site"],
        type=click.Path(path_type=Path, dir_okay=False),
        metavar="FILE",
        envvar="RINGFENCE_SITE" if environment else None,
        expose_value=False,
        callback=_setter("site"),
        help="Site file; ./site.yaml unless named here or in RINGFENCE_SITE.",
    )
    name = click.Option(
        ["site_name", "--name"],
        metavar="NAME",
        expose_value=False,
        callback=_setter("name"),
        help="Work on the applied site NAME without its file.",
    )
    return [
        site,
        name,
        _flag("--json", "json", "Print JSON."),
        _flag("--quiet", "quiet", "Print results only, no progress."),
        _flag("--no-color", "no_color", "Print without colour, as NO_COLOR does."),
    ]


def _flag(option: str, field: str, text: str) -> click.Option:
    names = ["-q", option] if option == "--quiet" else [option]
    return click.Option(names, is_flag=True, expose_value=False, callback=_setter(field), help=text)
