# SPDX-License-Identifier: Apache-2.0
"""A packet's way in sentences."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from ringfence.cli.paint import Paint
from ringfence.messages.trace import TraceHop, TraceReport

from .denied import meaning
from .flows import end_name, service_name
from .words import wrapped

_STYLES = {"passes": ("green", "bold"), "stopped": ("red", "bold"), "lost": ("red", "bold")}
_KINDS = {"c": "of exact ports", "r": "of ranges of ports", "g": "of grants", "p": "of pings", "q": "of granted pings"}


def trace_lines(report: TraceReport, paint: Paint) -> list[str]:
    """Return what the rules say, the packet's way, and where it ended."""
    lines = [paint("SIMULATED: no real host stands behind this.", "magenta", "bold")] if report.simulated else []
    service = service_name(report.protocol, report.port, report.service)
    ends = f"{end_name(report.source)} ({report.source.address}) to {end_name(report.target)} ({report.target.address})"
    lines += [paint(f"{ends}, {service}", "bold"), "", paint("What the rules say", "bold")]
    lines += [line for text in (*report.why, *report.guard) for line in wrapped(text, "  ")]
    if report.hops:
        what = "A packet that it sent itself" if report.real else "A packet sent in its name, which reaches nobody"
        lines += ["", paint(what, "bold"), *_way(report.hops)]
    styles = _STYLES.get(report.outcome, ("yellow", "bold"))
    return [*lines, "", *(paint(line, *styles) for line in wrapped(report.end))]


def _way(hops: tuple[TraceHop, ...]) -> Iterator[str]:
    where = ""
    for one in hops:
        if one.where != where:
            where = one.where
            yield "  in the guard, on the bridge:" if where == "guard" else "  in the router:"
        yield from wrapped(f"{words(one)} [{one.chain}{f'/{one.rule}' if one.rule else ''}]", "    ")


def words(hop: TraceHop) -> str:
    """Return what a rule does, as a sentence; the rule itself where it is not one of ours."""
    for pattern, say in _SENTENCES:
        found = pattern.fullmatch(f"{hop.chain}/{hop.rule}")
        if found is not None:
            return say(found)
    if not hop.text:
        return f"The end of the chain: {hop.verdict}."
    return f"{hop.text}: {hop.verdict}."


def _zone(text: str) -> str:
    """Return the name that stands in a chain's or a map's name."""
    uplink = text.startswith("U_")
    name = text.removeprefix("U_").replace("_", "-")
    return f"uplink {name}" if uplink else f"zone {name}"


def _map(found: re.Match[str]) -> str:
    kind = _KINDS.get(found[2], "of conduits")
    return f"The map {kind} of {_zone(found[1])} names it."


def _reason(found: re.Match[str]) -> str:
    said = meaning(found[1])
    return f"Counted as '{found[1]}'{f': {said}' if said else ''}."


def _say(text: str) -> Callable[[re.Match[str]], str]:
    return lambda _: text


_SENTENCES: tuple[tuple[re.Pattern[str], Callable[[re.Match[str]], str]], ...] = tuple(
    (re.compile(pattern), say)
    for pattern, say in (
        (r"forward/original", _say("It opens a conversation: the maps of where it comes from are asked.")),
        (r"forward/reply", _say("It answers: the maps of where it goes to are asked the other way round.")),
        (r"\w+/invalid", _say("It belongs to no connection that the router knows.")),
        (r"\w+/related", _say("It is an ICMP error about a connection.")),
        (r"(?:from|to)_(\w+)/([crgpq])[46]_\w+", _map),
        (r"(?:from|to)_(\w+)/peers", lambda found: f"In {_zone(found[1])} the peers are open."),
        (
            r"leg_(\w+)/original",
            lambda found: f"It leaves by the leg of {_zone(found[1])}, where it belongs: accepted.",
        ),
        (r"leg_(\w+)/reply", lambda found: f"It came from the leg of {_zone(found[1])}, as it should: accepted."),
        (r"leg_(\w+)/elsewhere", lambda found: f"It would not leave by the leg of {_zone(found[1])}."),
        (r"forward/undeclared", _say("No map names it.")),
        (r"input/rest", _say("It is for the router itself, which answers nothing but DHCP and neighbours.")),
        (r"deny_(\w+)/count", _reason),
        (r"deny_\w+/tell", _say("Told to whoever listens to the router's log.")),
        (r"deny_\w+/drop", _say("Dropped.")),
        (r"arriving/\w+-untracked", _say("The host does not track it.")),
        (r"arriving/guest", _say("It comes from a workload's port.")),
        (r"guest/ip[46]", _say("Its MAC address is the workload's own; it is IP.")),
        (r"guest/mac", _say("Its MAC address is not the workload's own.")),
        (r"guest_ip[46]/bound", _say("Its address is the workload's own: accepted.")),
        (r"guest_ip[46]/other", _say("Its address is not the workload's own.")),
    )
)
