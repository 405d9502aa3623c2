# SPDX-License-Identifier: Apache-2.0
"""Runs a tool that only looks, with a deadline and in the language the parsers know."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Sequence

from ringfence.base.errors import DeadlinePassed, Refused

_SBIN = ":/usr/local/sbin:/usr/sbin:/sbin"  # a plain user's PATH has no nft and no iptables on Debian


def environment() -> dict[str, str]:
    """Return this process's environment with English messages and the administrator's tools on PATH."""
    return {**os.environ, "LC_ALL": "C.UTF-8", "PATH": os.environ.get("PATH", os.defpath) + _SBIN}


def printed(command: Sequence[str], deadline_s: float, stdin: str = "") -> str | None:
    """Return what ``command`` printed; None when it is missing, fails or hangs."""
    try:
        return demanded(command, deadline_s, stdin)
    except Refused:
        return None


def demanded(command: Sequence[str], deadline_s: float, stdin: str = "") -> str:
    """Return what ``command`` printed. Raises Refused when it cannot, DeadlinePassed when it hangs."""
    shown = " ".join(command)[:120]
    try:
        done = subprocess.run(  # noqa: PLW1510 - the status is judged below
            command, input=stdin, capture_output=True, text=True, timeout=deadline_s, env=environment()
        )
    except subprocess.TimeoutExpired as late:
        raise DeadlinePassed(
            f"'{shown}' did not answer within {deadline_s:g} seconds.",
            "Look at what it waits for, and ask again.",
        ) from late
    except (OSError, ValueError) as missing:
        raise Refused(f"'{shown}' cannot be run: {missing}.", "Install the package that holds it.") from missing
    if done.returncode != 0:
        words = (done.stderr.strip() or done.stdout.strip() or f"status {done.returncode}").splitlines()[-1]
        raise Refused(f"'{shown}' failed: {words}.", "Run it by hand to see more.")
    return done.stdout
