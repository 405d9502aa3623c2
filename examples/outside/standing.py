# SPDX-License-Identifier: Apache-2.0
"""The command line of a simulated plant: up, or down."""

from __future__ import annotations

import sys
from typing import Protocol


class Plant(Protocol):
    """A simulated plant that stands until it is taken down, whoever made it."""

    def up(self) -> None:
        """Make what is not there."""

    def down(self) -> None:
        """Take everything away."""


def main(plant: Plant, module: str) -> None:
    """Do what the first word of the command line says."""
    if sys.argv[1:] == ["up"]:
        plant.up()
    elif sys.argv[1:] == ["down"]:
        plant.down()
    else:
        sys.exit(f"Usage: python -m {module} up|down")
