# SPDX-License-Identifier: Apache-2.0
"""The entry point: runs a command and turns what came of it into an exit status.

0 fine, 1 findings or changes where asked for, 2 bad input, 3 refused by the world, 130 interrupted by a person.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence

import click

from .exits import FINE, INTERRUPTED, PIPE_CLOSED
from .group import ringfence_group
from .say import ReaderLeft
from .settings import Settings


def main(arguments: Sequence[str] | None = None) -> None:
    """Run ``ringfence`` with the process's arguments and exit."""
    sys.exit(run(sys.argv[1:] if arguments is None else arguments))


def run(arguments: Sequence[str]) -> int:
    """Run ``ringfence`` and return its exit status."""
    settings = Settings()
    try:
        returned = ringfence_group.main(list(arguments), "ringfence", standalone_mode=False, obj=settings)
    except ReaderLeft:
        _close_output()
        return PIPE_CLOSED
    except (click.exceptions.Exit, click.exceptions.Abort, KeyboardInterrupt, click.ClickException) as error:
        return _ended(error)
    except Exception as error:
        if os.environ.get("RINGFENCE_DEBUG"):
            raise
        return _failed(error, settings)
    return returned if isinstance(returned, int) else FINE


def _ended(error: BaseException) -> int:
    if isinstance(error, click.exceptions.Exit):
        return error.exit_code
    if isinstance(error, click.ClickException):
        error.show()
        return error.exit_code
    sys.stderr.write("\nInterrupted before anything was changed.\n")
    return INTERRUPTED


def _failed(error: Exception, settings: Settings) -> int:
    from ringfence.base.errors import RingfenceError

    from .failure import tell_failure
    from .fault import fault

    told = error if isinstance(error, RingfenceError) else fault(error)
    tell_failure(told, settings)
    return told.exit_status


def _close_output() -> None:
    """Whoever read our output left: Python must not complain about it when it flushes at the end."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
