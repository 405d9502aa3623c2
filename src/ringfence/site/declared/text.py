# SPDX-License-Identifier: Apache-2.0
"""Names and texts."""

from __future__ import annotations

import re
import unicodedata
from typing import Annotated

from pydantic import AfterValidator

from ringfence.base.names import NAME_PATTERN, NAME_RULE, is_name
from ringfence.site.codes import Code

from .described import called
from .refusal import refuse, show

_REFUSED_CATEGORIES = frozenset({"Cc", "Cs", "Zl", "Zp"})
# Turn the direction of what follows, so that a line shows something else than it says (CVE-2021-42574).
_DIRECTION = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200e\u200f\u061c")
LINE_LIMIT = 500
TEXT_LIMIT = 10_000


def _name(text: str) -> str:
    if not is_name(text):
        raise refuse(Code.NAME, f"{show(text)} is not a name.", f"Choose another: {NAME_RULE}.")
    return text


def _unseen(text: str, allowed: str) -> str | None:
    if text.isprintable():
        return None
    for character in text:
        if character in allowed:
            continue
        if unicodedata.category(character) in _REFUSED_CATEGORIES or character in _DIRECTION:
            return character
    return None


def _judge(text: str, allowed: str, limit: int) -> str:
    text = text.strip()
    if unseen := _unseen(text, allowed):
        problem = f"The text holds the character U+{ord(unseen):04X}, which cannot be shown."
        raise refuse(Code.TEXT, problem, "Remove it.")
    if len(text) > limit:
        problem = f"The text has {len(text)} characters; at most {limit} may stand here."
        raise refuse(Code.RANGE, problem, "Shorten it.")
    return text


def _line(text: str) -> str:
    text = _judge(text, "", LINE_LIMIT)
    if not text:
        raise refuse(Code.MISSING, "The text is empty.", "Say it in a few words.")
    return text


def _paragraphs(text: str) -> str:
    return _judge(text, "\n\t", TEXT_LIMIT)


def _document(text: str) -> str:
    if unseen := _unseen(text, "\n\t\r"):
        problem = f"The text holds the character U+{ord(unseen):04X}, which no document of this kind has."
        raise refuse(Code.TEXT, problem, "Remove it.")
    return text


def matching(pattern: str, code: Code, wanted: str) -> AfterValidator:
    """Refuse what does not match ``pattern`` as a whole; ``wanted`` completes 'Write ...'."""
    compiled = re.compile(pattern, re.ASCII)

    def check(text: str) -> str:
        if compiled.fullmatch(text) is None:
            raise refuse(code, f"{show(text)} cannot stand here.", f"Write {wanted}.")
        return text

    return AfterValidator(check)


Name = Annotated[str, AfterValidator(_name), called("name", NAME_PATTERN.strip("^$"))]
Line = Annotated[str, AfterValidator(_line), called("one line of text", minLength=1, maxLength=LINE_LIMIT)]
Text = Annotated[str, AfterValidator(_paragraphs), called("text", maxLength=TEXT_LIMIT)]
DocumentText = Annotated[str, AfterValidator(_document), called("text, as after `|`")]
"""A whole file, such as cloud-init's user data: kept as it is."""
