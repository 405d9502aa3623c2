# SPDX-License-Identifier: Apache-2.0
"""Every rule that the compiler writes is understood, and what is not known is said to be."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from ringfence.proof.literal import NotKnown
from ringfence.proof.rule import read_rule

GOLDEN = Path(__file__).parents[2] / "golden" / "plants"
_RULE = re.compile(r"\s+(?:nat/)?rule/[^/]+/\S+ = (.*)")


def rules() -> set[str]:
    lines = [line for file in GOLDEN.glob("*/artifacts.txt") for line in file.read_text().splitlines()]
    return {found[1] for line in lines if (found := _RULE.fullmatch(line))}


def test_every_rule_of_the_compiler_is_understood() -> None:
    found = rules()
    assert len(found) > 500
    for text in found:
        read_rule(text)


@pytest.mark.parametrize(
    "text",
    [
        "socket transparent 1 accept",
        "ip saddr 10.0.0.1 frobnicate",
        "ip saddr @addresses . tcp accept",
        "ip dscp cs1 accept",
        "accept drop",
        "ip saddr no-such-word accept",
        "ether type != ip accept",
        "tcp flags syn accept",
        "meta mark set 1 meta mark 1 accept",
        "fib daddr type local accept",
        "queue num 0",
        "@nh,0,8 0x45 accept",
        "limit",
        "dup to",
        "{",
        "vmap @x",
        "ip saddr vmap { 10.0.0.1 }",
    ],
)
def test_what_is_not_known_is_said_to_be(text: str) -> None:
    with pytest.raises(NotKnown):
        read_rule(text)
