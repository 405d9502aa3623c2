# SPDX-License-Identifier: Apache-2.0
"""Elements of SVG 2 as text, everything escaped."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape

Value = str | float | None


def element(tag: str, inside: Iterable[str] = (), /, **attributes: Value) -> str:
    """Return one element. ``class_`` becomes ``class``, ``stroke_width`` ``stroke-width``; None is left out."""
    told = "".join(f' {_name(key)}="{_value(value)}"' for key, value in attributes.items() if value is not None)
    content = "".join(inside)
    return f"<{tag}{told}>{content}</{tag}>" if content else f"<{tag}{told}/>"


def text(content: str, x: float, y: float, class_: str, **attributes: Value) -> str:
    """Return a line of text that begins at ``x`` on the base line ``y``."""
    return element("text", [plain(content)], x=x, y=y, class_=class_, **attributes)


def title(content: str) -> list[str]:
    """Return what is shown when somebody points at the thing around it; nothing for an empty text."""
    return [element("title", [plain(content)])] if content else []


def description(content: str) -> list[str]:
    """Return what a reader of screens is told about the thing around it (SVG 2, chapter 5.8)."""
    return [element("desc", [plain(content)])] if content else []


def plain(content: str) -> str:
    """Return text that is only text in XML: escaped, without the characters that XML 1.0 forbids (section 2.2)."""
    return escape("".join(letter if letter.isprintable() else " " for letter in content), quote=True)


def _name(key: str) -> str:
    return key.rstrip("_").replace("_", "-")


def _value(value: str | float) -> str:
    return plain(value) if isinstance(value, str) else f"{value:.1f}".removesuffix(".0")
