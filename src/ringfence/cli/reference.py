# SPDX-License-Identifier: Apache-2.0
"""The reference pages of the command line, made from the commands themselves.

``python -m ringfence.cli.reference cli > docs/reference/cli.md``, and ``exit-codes`` for the other page.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator

import click

from .command import HELP_NAMES
from .exits import MEANINGS, ONES
from .group import ringfence_group
from .index import SECTIONS

WIDTH = 80
_MADE = "<!-- Generated from the code: python -m ringfence.cli.reference {name} > docs/reference/{name}.md -->"


def cli_page() -> str:
    """Return the page of all commands: the help of each, as it is printed."""
    lines = [_MADE.format(name="cli"), "# Commands", "", *_INTRODUCTION, ""]
    lines += _help("", ringfence_group)
    for section, commands in SECTIONS.items():
        lines += ["", f"## {section}"]
        for name in commands:
            lines += ["", f"### ringfence {name}", "", *_help(name, _command(name))]
    return "\n".join([*lines, "", *_ENVIRONMENT, ""])


def exits_page() -> str:
    """Return the page of exit statuses."""
    lines = [_MADE.format(name="exit-codes"), "# Exit codes", "", "| code | meaning |", "|---|---|"]
    lines += [f"| {code} | {meaning} |" for code, meaning in MEANINGS.items()]
    lines += ["", "Code 1, command by command:", "", "| command | 1 means |", "|---|---|"]
    lines += [f"| `{name}` | {meaning} |" for name, meaning in ONES.items()]
    return "\n".join([*lines, "", *_AFTER_EXITS, ""])


_INTRODUCTION = (
    "Options of every command may stand before or after its name. Results go to standard output, progress and errors",
    "to standard error. With `--json` a result, or a refusal, is one JSON object; its field `version` rises when a",
    "field changes its meaning or goes.",
)
_ENVIRONMENT = (
    "## Environment",
    "",
    "| variable | meaning |",
    "|---|---|",
    "| `RINGFENCE_SITE` | the site file, where `--site` does not name one |",
    "| `NO_COLOR` | no colour, whatever its value |",
    "| `RINGFENCE_DEBUG` | a fault of Ringfence itself is shown with its traceback |",
    "| `RINGFENCE_STATE` | another folder than `/var/lib/ringfence` for revisions and journal, for tests and trials |",
    "| `RINGFENCE_WORLD` | `memory:PATH`: a simulated host that is kept in files; nothing real is touched |",
    "| `RINGFENCE_FAULTS` | faults of the simulated host, such as `refuse:run/scada` |",
)
_AFTER_EXITS = (
    "An error always says what is wrong and what to do next. A fault of Ringfence itself exits with 3, says where its",
    "traceback was written, and leaves what was applied as it is.",
)


def _command(name: str) -> click.Command:
    found = ringfence_group.get_command(click.Context(ringfence_group), name)
    if found is None:
        raise LookupError(name)
    return found


def _help(name: str, command: click.Command) -> Iterator[str]:
    """Yield the help as it is printed on a terminal of 80 columns."""
    path = f"ringfence {name}".rstrip()
    root = _context(ringfence_group, "ringfence", None)
    context = _context(command, name, root) if name else root
    yield "```console"
    yield f"$ {path} --help"
    yield from command.get_help(context).rstrip().splitlines()
    yield "```"


def _context(command: click.Command, name: str, parent: click.Context | None) -> click.Context:
    width = WIDTH - 2  # click's own reserve
    return click.Context(command, parent, name, terminal_width=width, help_option_names=HELP_NAMES)


PAGES = {"cli": cli_page, "exit-codes": exits_page}

if __name__ == "__main__":
    sys.stdout.write(PAGES[sys.argv[1]]())
