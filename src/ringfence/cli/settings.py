# SPDX-License-Identifier: Apache-2.0
"""What the options of every command say."""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass
from pathlib import Path

from .paint import Paint

DEFAULT_SITE = Path("site.yaml")


@dataclass(slots=True)
class Settings:
    """Filled while the command line is read; the same object for all commands (``click.Context.obj``)."""

    site: Path | None = None
    """The site file that was named; None: none was."""
    name: str | None = None
    """Name of an applied site, to work without its file."""
    json: bool = False
    quiet: bool = False
    no_color: bool = False

    @property
    def site_file(self) -> Path:
        """Return the site file: the one that was named, or ``./site.yaml``."""
        return self.site or DEFAULT_SITE

    @property
    def paint(self) -> Paint:
        """Return colours for standard output."""
        return Paint(on=self._colored(sys.stdout.isatty()))

    @property
    def error_paint(self) -> Paint:
        """Return colours for standard error."""
        return Paint(on=self._colored(sys.stderr.isatty()))

    def _colored(self, terminal: bool) -> bool:  # noqa: FBT001 - private, and its two callers name it
        plain = self.no_color or "NO_COLOR" in os.environ or os.environ.get("TERM") == "dumb"
        return terminal and not plain
