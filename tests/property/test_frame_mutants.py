# SPDX-License-Identifier: Apache-2.0
"""Every rule and element of the guard that frames without IP meet is taken away once, and the walker notices."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from itertools import product

import pytest
from tests import factory
from tests.packets import bay
from tests.packets.fabric import Fabric, read
from tests.packets.frames import passages
from tests.packets.mutants import mutants
from tests.packets.packet import Packet

from ringfence.compile.fabric import fabric_artifacts

Question = Callable[[Fabric], bool]
OURS = re.compile(
    r"guard rule (says|between|unheard)(_5)? .*"
    r"|guard rule (to_leg .*|guest other|deny_from_wire drop)"
    r"|guard rule forward (between|\S+-wire|to-port|to-leg)"
    r"|guard rule (arriving|to_host|from_host) \S*wires?"
    r"|guard element (says|frames|wires)\S* .*"
)
EQUIVALENT = (
    (r"guard rule to_host (broad|multi)cast-wires", "is dropped by the next rule as well; this keeps the count clean"),
    (r"guard rule unheard wire", "the next rule drops as well; this keeps apart what is told of guests"),
)
"""Mutants that change no verdict, and why."""
TAGS = (
    (),
    ((0x8100, 0x8000),),
    ((0x8100, 5),),
    ((0x8100, 6),),
    ((0x88A8, 5),),
    ((0x88A8, 0),),
    ((0x8100, 0), (0x8100, 5)),
)
SITE = bay.site()


@pytest.fixture(scope="module")
def whole() -> Fabric:
    made = fabric_artifacts(SITE, frozenset(SITE.workloads), bay.bindings(SITE), bay.scope(), factory.NOW)
    return read(one.document for one in made)


def frames() -> Iterator[Packet]:
    """Yield every declared frame with every tag, and with each of its fields changed."""
    for one in sorted(passages(SITE, bay.bindings(SITE))):
        plain = Packet(str(one.kind), one.sender, ether_target=one.receiver)
        yield from (replace(plain, tags=tags) for tags in TAGS)
        yield replace(plain, kind=str(0x88BA))
        yield from (replace(plain, ether_source=other) for other in (bay.MACS["hmi"], *bay.DEVICES.values()))
        yield from (replace(plain, ether_target=bay.GROUP.format(number)) for number in (1, 2))


def questions() -> Iterator[Question]:
    """Yield what is asked: each way in, each way from end to end, and the ways to and from the host."""
    ends = (*bay.HOMES, "wire", "leg", "strange")
    asked = [*frames(), *(Packet(kind, ether_target=bay.IDENTIFY) for kind in ("ip", "ip6", "arp", str(0x8035)))]
    for frame in asked:
        for near in (*bay.HOMES, "wire"):
            yield partial(accepts, hook="prerouting", ends=(near, ""), frame=frame)
        for near, far in product(ends, ends):
            yield partial(accepts, hook="forward", ends=(near, far), frame=frame)
    for end in ends:
        yield partial(accepts, hook="input", ends=(end, ""), frame=asked[0])
        yield partial(accepts, hook="output", ends=("", end), frame=asked[0])


def accepts(fabric: Fabric, hook: str, ends: tuple[str, str], frame: Packet) -> bool:
    """Tell whether the guard accepts a frame between two ends of a bridge."""
    leg = fabric.outer[fabric.homes[fabric.ports["plc-a"]]]
    links = {**fabric.ports, "wire": fabric.wires["yard"], "leg": leg, "strange": "eth99", "": None}
    return fabric.guard.verdict(hook, replace(frame, iif=links[ends[0]], oif=links[ends[1]])) == "accept"


def needless(what: str) -> bool:
    """Tell whether a mutant is one of the listed."""
    return any(re.fullmatch(pattern, what) for pattern, _ in EQUIVALENT)


@pytest.mark.slow
def test_the_walker_notices_every_mutant(whole: Fabric) -> None:
    asked = list(questions())
    answers = [question(whole) for question in asked]
    assert {True, False} == set(answers)
    tried = [(what, fabric) for what, fabric in mutants(whole) if OURS.fullmatch(what)]
    assert len(tried) > 40
    survivors = [
        what
        for what, fabric in tried
        if all(question(fabric) is yes for question, yes in zip(asked, answers, strict=True)) is not needless(what)
    ]
    assert not survivors, "\n".join(survivors)
