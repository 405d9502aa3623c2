# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import json
from typing import Any

from ringfence.drivers.shadow.rules import LASTING_S, commands, normal, script

TABLE = {"family": "inet", "name": "t", "handle": 1}
MAP = {
    "family": "inet",
    "name": "m",
    "table": "t",
    "type": "ipv4_addr",
    "handle": 3,
    "map": "verdict",
    "flags": ["timeout"],
    "elem": [
        [{"elem": {"val": "10.0.0.1", "timeout": 60, "expires": 3, "comment": "poll@9"}}, {"goto": {"target": "c"}}],
        ["10.0.0.2", {"drop": None}],
    ],
}


def rule(handle: int, *expressions: Any) -> Any:
    return {"rule": {"family": "inet", "table": "t", "chain": "c", "handle": handle, "expr": list(expressions)}}


def listing(*entries: Any) -> str:
    chain = {"chain": {"family": "inet", "table": "t", "name": "c", "handle": 2}}
    return json.dumps(
        {"nftables": [{"metainfo": {"version": "1.0.6"}}, {"table": TABLE}, {"map": MAP}, chain, *entries]}
    )


def test_everything_comes_before_what_names_it() -> None:
    text = listing(rule(4, {"accept": None}), rule(5, {"somebody's": "unknown"}), rule(6, {"drop": None}))
    kinds = [next(iter(one["add"])) for one in commands(text)]
    assert kinds == ["table", "chain", "map", "element", "rule", "rule", "rule"]
    assert [one["add"]["rule"]["expr"] for one in commands(text)[4:]] == [
        [{"accept": None}],
        [{"somebody's": "unknown"}],
        [{"drop": None}],
    ]
    assert "handle" not in script(commands(text))


def test_a_grant_outlives_the_trial_and_keeps_whose_it_is() -> None:
    elements = commands(listing())[3]["add"]["element"]["elem"]
    assert elements[0][0] == {"elem": {"val": "10.0.0.1", "timeout": LASTING_S, "comment": "poll@9"}}
    assert elements[1] == ["10.0.0.2", {"drop": None}]


def test_the_same_rules_are_the_same_whatever_was_counted() -> None:
    one = listing(rule(4, {"counter": {"packets": 1, "bytes": 2}}), rule(5, {"drop": None}))
    other = listing(rule(9, {"counter": {"packets": 7, "bytes": 8}}), rule(7, {"drop": None}))
    turned = listing(rule(5, {"drop": None}), rule(4, {"counter": {"packets": 1, "bytes": 2}}))
    assert normal(one) == normal(other)
    assert normal(one) != normal(turned)


def test_nothing_listed_is_nothing_to_do() -> None:
    assert commands("") == []
