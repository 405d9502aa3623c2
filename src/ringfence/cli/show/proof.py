# SPDX-License-Identifier: Apache-2.0
"""A proof as a person reads it: proven, or the packet, the rule and its line."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ringfence.cli.paint import Paint
from ringfence.messages.proof import CounterExample, Proof, ProofEnds, ProofLine, ProofReport, UnreachableClaim

from .restrictions import warning_lines
from .verification import VERDICTS
from .words import counted, duration, listed, wrapped

MOST = 20
"""Counter-examples that are shown; --json tells all."""
_WHAT = {"compiled": "What the site file compiles to", "loaded": "What is loaded on this host"}
_ENDS = 3


def proof_lines(report: ProofReport, paint: Paint, *, verbose: bool = False) -> list[str]:
    """Return all of a proof; with ``verbose`` every rule on the way of each packet."""
    lines = [paint("SIMULATED: no real host stands behind this.", "magenta", "bold")] if report.simulated else []
    lines += warning_lines(report.restrictions, paint)
    for proof in report.proofs:
        lines += [*([""] if lines else []), *_proof(proof, paint, verbose=verbose)]
    return [*lines, "", *wrapped(summary(report))]


def summary(report: ProofReport) -> str:
    """Return the verdict in a sentence."""
    said = {
        "proven": "PROVEN: nothing can flow but what the site declares, and all of that can.",
        "wrong": "WRONG: what can happen is not what the site declares. Look at the rules that are named above.",
        "unproven": "UNPROVEN: nothing was found wrong, but not everything was understood. "
        "It does not count as proven.",
    }
    return f"Site {report.site}. {said[report.verdict]}"


def _proof(proof: Proof, paint: Paint, *, verbose: bool) -> Iterator[str]:
    sign, word, styles = VERDICTS[proof.verdict]
    yield f"{paint(sign, *styles)} {paint(_WHAT[proof.of], 'bold')}: {paint(word, *styles)}"
    yield from wrapped(
        f"{counted(proof.artifacts, 'artifact', 'artifacts')} let {counted(proof.flows, 'kind', 'kinds')} of packets "
        f"pass, held against {counted(proof.claims, 'claim', 'claims')} of the site, in {duration(proof.took_s)}.",
        "   ",
    )
    for one in proof.undeclared[:MOST]:
        yield from _counter_example(one, paint, verbose=verbose)
    for missed in proof.unreachable[:MOST]:
        yield from _unreachable(missed, paint)
    for door in proof.doors[:MOST]:
        yield from _headed(door.head, door.sentence, paint)
        yield from _line("in", door.rule, paint)
    yield from _more(len(proof.undeclared), len(proof.unreachable), len(proof.doors))
    yield from _unproven(proof, paint)
    for gone in proof.missing_doors:
        yield from wrapped(f"-- Declared and not there: {gone.sentence}", "   ")


def _counter_example(one: CounterExample, paint: Paint, *, verbose: bool) -> Iterator[str]:
    yield from _headed("UNDECLARED", f"{one.packet}.", paint)
    yield from _line("let through by", one.rule, paint)
    if verbose:
        for step in one.path:
            yield from _line("passes", step, paint)
    yield from _others(one.more)


def _unreachable(one: UnreachableClaim, paint: Paint) -> Iterator[str]:
    yield from _headed("UNREACHABLE", f"{one.packet}, which {one.owner} declares.", paint)
    if one.rule is None:
        yield "      no rule drops it: there is no way for it (route, neighbour, bridge or element)"
    yield from _line("dropped by", one.rule, paint)
    yield from _others(one.more)


def _unproven(proof: Proof, paint: Paint) -> Iterator[str]:
    for text in proof.not_seen:
        yield from _headed("NOT SEEN", text, paint, "??", ("yellow",))
    for one in proof.not_understood[:MOST]:
        yield from _headed("NOT UNDERSTOOD", one.why, paint, "??", ("yellow",))
        yield from _line("at", one.where, paint)
    if len(proof.not_understood) > MOST:
        yield f"   ... and {len(proof.not_understood) - MOST} more; --json tells all."


def _headed(
    head: str, text: str, paint: Paint, sign: str = "!!", styles: tuple[str, ...] = ("red", "bold")
) -> Iterator[str]:
    first, *rest = wrapped(f"{sign} {head}: {text}", "   ")
    yield ""
    yield paint(first, *styles)
    yield from (f"   {line}" for line in rest)


def _line(before: str, line: ProofLine | None, paint: Paint) -> Iterator[str]:
    if line is None:
        return
    number = f", line {line.line}" if line.line else ""
    yield from wrapped(f"{before} {line.text or line.part}", "      ")
    yield paint(f"        {line.artifact}{number} ({line.part})", "dim")


def _others(more: Sequence[ProofEnds]) -> Iterator[str]:
    if not more:
        return
    named = [f"{one.source} -> {one.target}" for one in more[:_ENDS]]
    rest = len(more) - len(named)
    yield from wrapped(f"and between {listed([*named, f'{rest} more ends'] if rest else named)}", "      ")


def _more(*counts: int) -> Iterator[str]:
    hidden = sum(max(0, count - MOST) for count in counts)
    if hidden:
        yield f"   ... and {hidden} more; --json tells all."
