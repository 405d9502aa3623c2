# SPDX-License-Identifier: Apache-2.0
"""Names as arguments, completed from the site file or from what was applied."""

from __future__ import annotations

from pathlib import Path

import click
from click.shell_completion import CompletionItem

from .settings import Settings


class Declared(click.ParamType[str]):
    """A name in a section of the site (``workloads``), or of a kind: ``dormant``, ``cuttable``, ``standing``."""

    name = "name"

    def __init__(self, section: str) -> None:
        self.section = section

    def shell_complete(self, ctx: click.Context, _param: click.Parameter, incomplete: str) -> list[CompletionItem]:
        """Return the names that begin so."""
        from ringfence.app.completing import names

        settings = ctx.find_object(Settings) or Settings()
        found = names(settings.site or Path("site.yaml"), settings.name, self.section)
        return [CompletionItem(name) for name in found if name.startswith(incomplete)]


WORKLOAD = Declared("workloads")
ZONE = Declared("zones")
CONDUIT = Declared("conduits")
CUTTABLE = Declared("cuttable")
STANDING = Declared("standing")
DORMANT = Declared("dormant")
