# SPDX-License-Identifier: Apache-2.0
"""What was found out about the running system."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import datetime

from ringfence.cli.columns import Cell, Row, table, width
from ringfence.cli.paint import Paint
from ringfence.messages.verification import (
    SubjectVerdict,
    Verification,
    VerificationHistory,
    VerifyFinding,
    VerifyPart,
)

from .words import counted, duration, listed, wrapped

VERDICTS = {
    "proven": ("ok", "proven", ("green",)),
    "wrong": ("!!", "WRONG", ("red", "bold")),
    "unproven": ("??", "unproven", ("yellow",)),
    "never": ("--", "never", ("dim",)),
}
"""A sign, a word and styles for each verdict, so that no colour is needed."""
MOST = 12
"""Findings of a part that are shown."""
INDENT = "  "


def verification_lines(found: Verification, paint: Paint, workload: str | None = None) -> list[str]:
    """Return a whole verification, or with ``workload`` what it says about one, with all that was seen of it."""
    subject = f"workload/{workload}" if workload else None
    shared = {subject, f"site/{found.site}"}
    lines = _warnings(found, paint)
    lines += _parts(found.parts, paint)
    for part in found.parts:
        kept = [one for one in part.findings if subject is None or shared & set(one.subjects)]
        lines += _findings(part, kept, found.at, paint)
        lines += _evidence(part, subject, paint)
    shown = [one for one in found.subjects if subject in {None, one.subject}]
    lines += ["", *_subjects(found, shown, paint)]
    others = sum(bool(subject) and not shared & set(one.subjects) for part in found.parts for one in part.findings)
    hint = f" Not shown, about others: {others}. 'ringfence verify' without a name tells all." if others else ""
    return [*lines, "", *wrapped(summary(found) + hint)]


def history_lines(found: VerificationHistory, paint: Paint) -> list[str]:
    """Return one line a verification, newest first."""
    if not found.verifications:
        return [f"Site {found.site} was never verified."]
    rows: list[Row] = []
    for one in found.verifications:
        sign, word, styles = VERDICTS[one.verdict]
        when, took = f"{one.at:%Y-%m-%d %H:%M:%S}", duration(round(one.took_s, 1))
        revision = f"{one.revision}" + ("" if one.revision == found.revision else " (older)")
        rows.append([Cell(sign, styles), when, revision, Cell(word, styles), " ".join(one.parts), took, one.principal])
    head = ("", "WHEN (UTC)", "REVISION", "VERDICT", "PARTS", "TOOK", "BY")
    return [*table(head, rows, paint), "", "Older ones are kept where the verdict changed."]


def summary(found: Verification) -> str:
    """Return the whole in a sentence or two."""
    what = listed([part.name for part in found.parts])
    count = Counter(one.verdict for part in found.parts for one in part.findings)
    at = f"{found.at:%Y-%m-%d %H:%M:%S} UTC, {duration(round(found.took_s, 1))}"
    said = {
        "proven": f"PROVEN: in {what} nothing is otherwise than declared.",
        "wrong": f"WRONG: {counted(count['wrong'], 'thing is', 'things are')} not as declared"
        + (f", and {count['unproven']} could not be told." if count["unproven"] else "."),
        "unproven": "UNPROVEN: nothing was found wrong, but not everything could be told.",
    }
    return f"Site {found.site}, revision {found.revision}, {at}. {said[found.verdict]}"


def ago(at: datetime, now: datetime) -> str:
    """Return ``2 h ago``, in one unit."""
    seconds = max((now - at).total_seconds(), 0)
    for size, unit in ((86400, "d"), (3600, "h"), (60, "min")):
        if seconds >= size:
            return f"{int(seconds // size)} {unit} ago"
    return "just now"


def _warnings(found: Verification, paint: Paint) -> list[str]:
    lines = []
    if found.simulated:
        lines.append(paint("SIMULATED: no real host stands behind this.", "magenta", "bold"))
    if found.restrictions:
        text = f"In force: {listed(found.restrictions)}. What is verified is the revision under it."
        lines += [paint(line, "yellow") for line in wrapped(text)]
    if found.disturbed:
        text = f"DISTURBED: {found.disturbed} So nothing counts as proven; verify again when it has ended."
        lines += [paint(line, "yellow", "bold") for line in wrapped(text)]
    if found.not_kept:
        lines += [paint(line, "yellow") for line in wrapped(f"NOT KEPT: {found.not_kept}")]
    return [*lines, ""] if lines else []


def _parts(parts: Sequence[VerifyPart], paint: Paint) -> Iterator[str]:
    """Yield each part's verdict, with what was looked at beside it in as many lines as it takes."""
    heads = table((), [[*_head(part), ""] for part in parts], paint)
    wide = max((width(line) for line in table((), [[*_head(part), ""] for part in parts], Paint())), default=0) + 2
    for part, head, bare in zip(parts, heads, table((), [_head(part) for part in parts], Paint()), strict=True):
        first, *rest = wrapped(part.summary, " " * wide)
        yield head + " " * (wide - width(bare)) + first.strip()
        yield from rest


def _head(part: VerifyPart) -> Row:
    sign, word, styles = VERDICTS[part.verdict]
    return [Cell(sign, styles), Cell(part.name, ("bold",)), Cell(word, styles), _took(part)]


def _took(part: VerifyPart) -> str:
    return duration(round(part.took_s, 1))


def _findings(part: VerifyPart, found: Sequence[VerifyFinding], now: datetime, paint: Paint) -> Iterator[str]:
    """Yield findings, what is wrong first, each group of them with what to do about it."""
    kept = sorted(found, key=lambda one: one.verdict != "wrong")
    if not kept:
        return
    yield from ("", paint(f"{part.name}:", "bold"))
    groups: dict[tuple[bool, str], list[VerifyFinding]] = {}
    for one in kept[:MOST]:
        groups.setdefault((one.verdict != "wrong", one.next_step), []).append(one)
    for (_, step), held in sorted(groups.items(), key=lambda group: group[0][0]):
        for one in held:
            yield from _finding(one, now, paint)
        yield from wrapped(f"What to do: {step}", INDENT) if step else ()
    if len(kept) > MOST:
        yield f"{INDENT}... and {len(kept) - MOST} more; --json tells all."


def _finding(one: VerifyFinding, now: datetime, paint: Paint) -> Iterator[str]:
    sign, _, styles = VERDICTS[one.verdict]
    first, *rest = wrapped(f"{sign} {one.sentence}", INDENT)
    yield first.replace(sign, paint(sign, *styles), 1)
    yield from (f"   {line}" for line in rest)
    yield from (paint(line, "dim") for detail in one.details for line in wrapped(detail, INDENT * 3))
    if one.first_seen is not None:
        yield paint(f"{INDENT * 3}First seen {_when(one.first_seen, now)}.", "dim")


def _when(first: datetime, now: datetime) -> str:
    return "now" if first >= now else f"{first:%Y-%m-%d %H:%M} UTC, {ago(first, now)}"


def _evidence(part: VerifyPart, subject: str | None, paint: Paint) -> Iterator[str]:
    kept = [one for one in part.evidence if one.subject == subject]
    if kept:
        yield from ("", paint(f"{part.name}, seen of {subject}:", "bold"))
    for one in kept:
        yield from wrapped(one.text, INDENT)


def _subjects(found: Verification, shown: Sequence[SubjectVerdict], paint: Paint) -> list[str]:
    rows: list[Row] = []
    for one in shown:
        sign, _, styles = VERDICTS[one.verdict]
        words = [VERDICTS[one.parts[part.name]] for part in found.parts]
        rows.append([Cell(sign, styles), one.subject, *(Cell(word, style) for _, word, style in words)])
    return table(("", "SUBJECT", *(part.name.upper() for part in found.parts)), rows, paint)
