# SPDX-License-Identifier: Apache-2.0
"""Runs the distribution's tools (ip, bridge, nft, conntrack, dnsmasq), each under a deadline."""

from __future__ import annotations

import subprocess
from collections.abc import Sequence

from ringfence.base.errors import DeadlinePassed, Refused

NAMESPACES = "/run/netns"
DEADLINE_S = 30.0


def run(command: Sequence[str], text: str = "", *, namespace: str = "", accept: Sequence[int] = (0,)) -> str:
    """Return what a tool printed. ``text`` is its input; ``accept`` are the exit statuses that mean success.

    Raises Refused with the tool's words, or where it is missing; DeadlinePassed when it did not end in time.
    """
    words = [*_enter(namespace), *command]
    try:
        done = subprocess.run(words, input=text, capture_output=True, text=True, timeout=DEADLINE_S, check=False)
    except subprocess.TimeoutExpired:
        raise DeadlinePassed(
            f"'{command[0]}' did not end within {DEADLINE_S:g} s.",
            "Look with 'ringfence drift' at what stands now.",
        ) from None
    except FileNotFoundError:
        raise Refused(f"The program '{words[0]}' is missing.", "Install it; scripts/packages.txt says why.") from None
    if done.returncode not in accept:
        raise Refused(
            f"'{command[0]}' refused: {_words(done.stderr)}", "Look with 'ringfence drift' at what stands now."
        )
    return done.stdout


def _enter(namespace: str) -> tuple[str, ...]:
    return ("nsenter", f"--net={NAMESPACES}/{namespace}") if namespace else ()


def _words(stderr: str) -> str:
    lines = [line.strip() for line in stderr.splitlines() if line.strip()]
    return (lines[0][:500] if lines else "it said nothing").rstrip(".") + "."
