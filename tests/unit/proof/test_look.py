# SPDX-License-Identifier: Apache-2.0
"""What the kernel cannot read in a packet, a rule does not match: found by an oracle, kept here by name."""

from __future__ import annotations

import pytest

from ringfence.proof import field
from ringfence.proof.box import Box
from ringfence.proof.rule import read_rule
from ringfence.proof.values import exactly

ARP = Box({field.PROTOCOL: exactly(field.ARP), field.LATER: exactly(0)})
LATER = Box({field.PROTOCOL: exactly(field.IP4), field.LATER: exactly(1)})


@pytest.mark.parametrize("text", ["th dport 22 drop", "@th,64,8 0x1 drop", "udp sport != 67 drop"])
@pytest.mark.parametrize("box", [ARP, LATER], ids=["no IP", "later fragment"])
def test_transport_headers_are_read_where_there_are_any(text: str, box: Box) -> None:
    (step,) = read_rule(text).steps
    assert step.on(box, {}) == []


def test_names_of_interfaces_may_stand_in_a_list() -> None:
    (step,) = read_rule('iifname { "a", "b" } accept').steps
    (box,) = step.on(Box({}), {})
    assert box.at(field.IIF) == exactly(field.named("a"), field.named("b"))
