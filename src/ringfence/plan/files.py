# SPDX-License-Identifier: Apache-2.0
"""Files that differ: their digests tell a person nothing."""

from __future__ import annotations

from .change import PartChange


def file_sentence(part: PartChange) -> str:
    """Return what is wrong with a file, out of a part ``file/PATH`` or ``mode/PATH``."""
    what, _, path = part.key.partition("/")
    if part.before is None:
        return f"File /{path} is missing."
    if part.after is None:
        return f"File /{path} is there, although the site does not say so."
    if what == "mode":
        return f"File /{path} has mode {part.before}, the site says {part.after}."
    return f"File /{path} is not as Ringfence wrote it."
