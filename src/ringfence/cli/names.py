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


class Question(Declared):
    """Who, to whom, and what: workloads or assets, then a service."""

    def __init__(self) -> None:
        super().__init__("workloads")

    def shell_complete(self, ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
        """Return workloads, assets and services: the shell does not say which of the three is meant."""
        held = (Declared(section).shell_complete(ctx, param, incomplete) for section in _ASKED)
        return [item for items in held for item in items]


_ASKED = ("workloads", "assets", "services")
WORKLOAD = Declared("workloads")
QUESTION = Question()
ZONE = Declared("zones")
CONDUIT = Declared("conduits")
CUTTABLE = Declared("cuttable")
STANDING = Declared("standing")
DORMANT = Declared("dormant")
