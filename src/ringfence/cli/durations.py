# SPDX-License-Identifier: Apache-2.0
"""Times such as 30m on the command line."""

from __future__ import annotations

import click

from ringfence.base.units import parse_duration


class Duration(click.ParamType[int]):
    """Seconds of ``30m``."""

    name = "time"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> int:
        """Return seconds; fail with a full sentence."""
        if isinstance(value, int):
            return value
        try:
            return parse_duration(str(value))
        except ValueError as error:
            self.fail(str(error), param, ctx)


DURATION = Duration()
