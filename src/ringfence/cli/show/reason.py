# SPDX-License-Identifier: Apache-2.0
"""Why somebody may open something to somebody, in sentences."""

from __future__ import annotations

from collections.abc import Iterator

from ringfence.cli.paint import Paint
from ringfence.messages.proof import ProofLine, ProofReason, ProofWay

from .words import wrapped

_OF = {"compiled": "by what the site file compiles to", "loaded": "by what is loaded on this host"}
_WORDS = {
    "wrong": ("!! Rules and declaration differ about it: see 'ringfence prove'.", ("red", "bold")),
    "unproven": ("?? Not everything was understood, so this is not proven: see 'ringfence prove'.", ("yellow",)),
}


def reason_lines(found: ProofReason, paint: Paint, *, verbose: bool = False) -> list[str]:
    """Return the answer: the opening, what is answered, the same the other way round, and what would help."""
    verdict = "passes" if found.passes else "does not pass"
    verdict += ", as far as it is understood" if found.verdict == "unproven" else ""
    head = f"{found.source} to {found.target}, {found.service}, {_OF[found.of]}: it {verdict}."
    lines = [*(paint(line, "bold") for line in wrapped(head))]
    for title, way in (
        (f"{found.source} opens", found.opening),
        (f"{found.target} answers", found.answer),
        (f"The other way round: {found.target} opens", found.turned),
    ):
        lines += ["", *_way(title, way, paint, verbose=verbose)]
    if found.hints:
        lines += ["", *(line for hint in found.hints for line in wrapped(hint))]
    if found.verdict in _WORDS:
        text, styles = _WORDS[found.verdict]
        lines += ["", *(paint(line, *styles) for line in wrapped(text))]
    return lines


def _way(title: str, way: ProofWay, paint: Paint, *, verbose: bool) -> Iterator[str]:
    sign, styles = ("yes", ("green",)) if way.passes else ("no ", ("yellow",))
    yield f"{paint(sign, *styles)} {paint(title, 'bold')}"
    for sentence in way.sentences:
        yield from wrapped(sentence, "    ")
    yield from (paint(line, "dim") for line in wrapped(f"The packet: {way.packet}.", "    "))
    if verbose and way.path:
        yield "    What it meets, in order:"
        yield from (line for one in way.path for line in wrapped(_met(one), "      "))


def _met(one: ProofLine) -> str:
    number = f", line {one.line}" if one.line else ""
    return f"{one.text or one.part} ({one.artifact}{number})"
