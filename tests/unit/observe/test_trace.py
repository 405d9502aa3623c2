# SPDX-License-Identifier: Apache-2.0
"""Traces as ``nft monitor trace`` printed them (recorded/)."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ringfence.facts.trace import Hop
from ringfence.observe.trace import hop, hops

RECORDED = Path(__file__).parent / "recorded"
DISTRIBUTIONS = tuple(one.parent for one in sorted(RECORDED.glob("*/nft-trace.txt")))


@pytest.fixture(params=DISTRIBUTIONS, ids=lambda one: one.name)
def text(request: pytest.FixtureRequest) -> str:
    return Path(str(request.param), "nft-trace.txt").read_text()


def test_the_first_packet_is_followed_alone(text: str) -> None:
    found = list(hops(text, "ringfence_trace"))
    assert [(one.chain, one.slug, one.verdict) for one in found] == [
        ("forward", "original", "jump from_ctl"),
        ("from_ctl", "c4_ctl", "goto leg_field"),
        ("leg_field", "original", "accept"),
    ]
    assert found[1].text == "ip saddr . ip daddr . meta l4proto . th dport vmap @c4_ctl"


def test_the_second_one_is_denied(text: str) -> None:
    second = [line for line in text.splitlines() if not line.startswith(text.splitlines()[0][:17])]
    found = list(hops("\n".join(second), "ringfence_trace"))
    assert [one.slug for one in found] == ["original", "undeclared", "count", "tell", "drop"]
    assert found[-1].verdict == "drop"


def test_rules_and_ends_of_others() -> None:
    assert hop("trace id 1 inet t c rule tcp dport 1 counter packets 0 bytes 0 (verdict continue)") == (
        "1",
        Hop("inet", "t", "c", "", "tcp dport 1 counter packets 0 bytes 0", "continue"),
    )
    assert hop("trace id 1 bridge t c policy drop ") == ("1", Hop("bridge", "t", "c", "", "", "drop"))
    assert hop("trace id 1 inet t c unknown rule handle 7 (verdict accept)") == (
        "1",
        Hop("inet", "t", "c", "", "", "accept"),
    )
    assert hop('trace id 1 inet t c packet: iif "a" ip saddr 10.0.0.1') == ("1", None)
    assert hop("add rule inet t c accept") is None


@given(st.text(max_size=200))
def test_no_line_makes_it_fail(line: str) -> None:
    hop(line)
    hop(f"trace id 1 inet t c {line}")
