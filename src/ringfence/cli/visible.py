# SPDX-License-Identifier: Apache-2.0
"""What may reach a terminal: text and our own colours. A plan file or a tool's words could steer it with others."""

from __future__ import annotations

import re

_CODE = "(?:[12]|3[1-6])"
_OURS = re.compile(rf"(\x1b\[(?:0|{_CODE}(?:;{_CODE})*)m)")
"""What ``paint`` writes, and nothing that hides text or moves the cursor (ECMA-48 clause 8.3.117)."""


def visible(text: str) -> str:
    """Return a text with a question mark for every character that cannot be shown; lines and tabs stay."""
    if text.isprintable():
        return text
    pieces = _OURS.split(text)
    pieces[::2] = ["".join(_shown(letter) for letter in piece) for piece in pieces[::2]]
    return "".join(pieces)


def _shown(letter: str) -> str:
    return letter if letter.isprintable() or letter in "\n\t" else "?"
