# SPDX-License-Identifier: Apache-2.0
"""Conduits proposed from what was seen, as YAML. It loads only when a person has written the owners in."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from ipaddress import ip_address

from ringfence.base.names import is_name
from ringfence.messages.learned import LearnedFrame, LearnedTalk

_LONGEST = 31
_HEAD = (
    "# Proposed by 'ringfence learn' from what was seen. Nothing of this is open.",
    "# Keep what is needed, say who answers for it (owner), and put it into the site file.",
)


def proposal(talks: Iterable[LearnedTalk], frames: Sequence[LearnedFrame], seconds: float) -> str:
    """Return YAML: a conduit for each conversation that none names yet; what cannot be one is a comment."""
    new = [one for one in talks if not one.conduits]
    known = [one for one in new if _complete(one)]
    lines = [*_HEAD, "conduits:" if known else "conduits: {}"]
    taken: set[str] = set()
    for one in known:
        lines += _conduit(one, _name(one, taken), seconds)
    lines += [line for one in new if not _complete(one) for line in _incomplete(one)]
    lines += [line for one in frames for line in _frames(one)]
    return "\n".join(lines) + "\n"


def _complete(talk: LearnedTalk) -> bool:
    """Tell whether both ends are known and the protocol is one that a conduit can name."""
    ends = talk.source.of, talk.target.of
    return all("/" in one and " or " not in one for one in ends) and bool(_service(talk))


def _service(talk: LearnedTalk) -> str:
    if talk.service:
        return talk.service
    return f"{talk.protocol}/{talk.port}" if talk.protocol in {"tcp", "udp"} and talk.port else ""


def _conduit(talk: LearnedTalk, name: str, seconds: float) -> Iterator[str]:
    yield f"  {name}:"
    yield f"    from: {talk.source.of}"
    yield f"    to: {talk.target.of}"
    yield f"    service: {_service(talk)}"
    yield f"    reason: {json.dumps(_reason(talk, seconds))}"
    yield '    owner: ""  # who answers for it'


def _reason(talk: LearnedTalk, seconds: float) -> str:
    times = "once" if talk.times == 1 else f"{talk.times} times"
    how = f", {talk.rhythm}" if talk.rhythm != "once" else ""
    told = "" if talk.passed else "; it was denied"
    return f"learned: seen {times} in {_span(seconds)}{how}{told}"


def _span(seconds: float) -> str:
    if seconds < 120:  # noqa: PLR2004 - two minutes
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 7200 else f"{seconds / 3600:.1f} h"  # noqa: PLR2004 - two hours


def _name(talk: LearnedTalk, taken: set[str]) -> str:
    """Return a name that no other proposal has."""
    ends = (one.of.rpartition("/")[2] for one in (talk.source, talk.target))
    base = "-".join((*ends, _service(talk).replace("/", "-")))[:_LONGEST].rstrip("-")
    name, number = base if is_name(base) else "learned", 2
    while name in taken:
        tail = f"-{number}"
        name, number = f"{base[: _LONGEST - len(tail)]}{tail}", number + 1
    taken.add(name)
    return name


def _incomplete(talk: LearnedTalk) -> Iterator[str]:
    flow = f"{talk.protocol}/{talk.port}" if talk.port else talk.protocol
    near, far = (one.of or one.address for one in (talk.source, talk.target))
    yield f"# {near} to {far}, {flow}: {talk.times} times, {talk.rhythm}. {_lacking(talk)}"


def _lacking(talk: LearnedTalk) -> str:
    far = ip_address(talk.target.address)
    if far.is_multicast:
        return f"A group: name its members in 'to' and write 'reach: multicast, group: {far}' into the flow."
    if not talk.target.of and talk.source.zone:
        return "Nobody has the target's address: a broadcast, or an asset that is not declared."
    if not talk.source.of:
        return "Nobody has the sender's address: declare the asset first."
    if "router" in {talk.source.of, talk.target.of}:
        return "The router itself answers only for addresses and neighbours."
    return "No conduit can name it as it is."


def _frames(one: LearnedFrame) -> Iterator[str]:
    yield f"# Frames of {one.source or one.source_mac}, {one.packets} seen: name who hears them in 'to'."
    yield f"#   layer2: {{ethertype: {one.ethertype}, destination_mac: '{one.target_mac}'}}"
