# SPDX-License-Identifier: Apache-2.0
"""What a validator of the form raises: a diagnostic id, what is wrong and what to do."""

from __future__ import annotations

from pydantic_core import PydanticCustomError

from ringfence.site.codes import Code

SHOWN = 60
"""At most this many characters of what somebody wrote are repeated to them."""


def refuse(code: Code, problem: str, fix: str) -> PydanticCustomError:
    """Make the error to raise. ``problem`` and ``fix`` are full sentences."""
    return PydanticCustomError("refused", "{problem} {fix}", {"code": code.value, "problem": problem, "fix": fix})


def show(value: object) -> str:
    """Repeat what was written, short, in quotes and without anything a terminal would act on."""
    text = value if isinstance(value, str) else _plain(value)
    text = text if len(text) <= SHOWN else text[: SHOWN - 3] + "..."
    return "'" + "".join(c if c.isprintable() else f"\\u{ord(c):04x}" for c in text) + "'"


def _plain(value: object) -> str:
    if value is None:
        return "null"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, (list, dict)):
        return "[...]" if isinstance(value, list) else "{...}"
    return str(value)
