# SPDX-License-Identifier: Apache-2.0
"""The class of every command, and of the group that imports them late."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from typing import Any

import click

from .index import SECTIONS, SUMMARIES, module_of
from .options import shared

HELP_NAMES = ["-h", "--help"]
WIDEST = 100
CONTEXT: dict[str, Any] = {"help_option_names": HELP_NAMES, "max_content_width": WIDEST}


class Command(click.Command):
    """A command with the shared options."""

    def get_params(self, ctx: click.Context) -> list[click.Parameter]:
        """Return its own options, then the shared ones."""
        return [*super().get_params(ctx), *shared()]

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write its own options and the shared ones under a heading each."""
        own = [*self.params, self.get_help_option(ctx)]
        _write(ctx, formatter, "Options", [found for found in own if isinstance(found, click.Option)])
        _write(ctx, formatter, "Options of every command", shared())


def _write(ctx: click.Context, formatter: click.HelpFormatter, heading: str, parameters: list[click.Parameter]) -> None:
    records = [record for found in parameters if (record := found.get_help_record(ctx)) is not None]
    if records:
        with formatter.section(heading):
            formatter.write_dl(records)


def command(name: str) -> Callable[[Callable[..., Any]], Command]:
    """Make a command of a function; its docstring is the help."""
    return click.command(name, cls=Command, context_settings=CONTEXT)


class LateGroup(click.Group):
    """Knows its commands by the index and imports one when it is called."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's
        """Return every command's name."""
        return list(SUMMARIES)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002 - click's
        """Import a command; None when there is none of that name."""
        if cmd_name not in SUMMARIES:
            return None
        found: click.Command = getattr(importlib.import_module(module_of(cmd_name)), cmd_name.replace("-", "_"))
        return found

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find the command; for a name that is none, say which one is nearest."""
        name = args[0]
        if name not in SUMMARIES and not name.startswith("-"):
            ctx.fail(_unknown(name))
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002 - click's
        """Write the commands by section."""
        longest = max(map(len, SUMMARIES))
        for heading, held in SECTIONS.items():
            with formatter.section(heading):
                formatter.write_dl([(name.ljust(longest), text) for name, text in held.items()])


def _unknown(name: str) -> str:
    from difflib import get_close_matches

    near = get_close_matches(name, SUMMARIES, n=1)
    return f"There is no command {name!r}." + (f" Did you mean {near[0]!r}?" if near else "")
