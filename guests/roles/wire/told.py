# SPDX-License-Identifier: Apache-2.0
"""What the seed's user-data tells a role: lines KEY=VALUE, which are data and never executed."""

from __future__ import annotations

import os
from pathlib import Path

USER_DATA = Path("/run/ringfence/user-data")
READY = Path("/run/ringfence/role.ready")


def parse(text: str) -> dict[str, str]:
    """Answer the keys with their values; the last line of a key counts, lines without ``=`` count for nothing."""
    pairs = (line.partition("=") for line in text.splitlines())
    return {key.strip(): value.strip() for key, sign, value in pairs if sign}


def told() -> dict[str, str]:
    """Answer what this guest was told; nothing when it has no seed."""
    return parse(USER_DATA.read_text(errors="replace")) if USER_DATA.exists() else {}


def whole(values: dict[str, str], key: str, fallback: int, least: int, most: int) -> int:
    """Answer a whole number within limits; ``fallback`` and a line in the log when it is none."""
    text = values.get(key, "")
    if text.isascii() and text.isdigit() and len(text) <= len(str(most)) and least <= int(text) <= most:
        return int(text)
    if text:
        say(f"{key}={text[:40]} is not a whole number from {least} to {most}; {fallback} is taken.")
    return fallback


def say(sentence: str) -> None:
    """Write one line to the guest's log, which is its serial console."""
    print(sentence, flush=True)


def ready(sentence: str) -> None:
    """Say that the role does its work now; the guest then announces itself."""
    say(sentence)
    if READY.parent.is_dir() and os.access(READY.parent, os.W_OK):
        READY.touch()
