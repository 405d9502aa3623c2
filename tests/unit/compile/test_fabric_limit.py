# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

from dataclasses import replace

import pytest
from tests.packets.cases import bind, compiled
from tests.packets.plant import site

from ringfence.base.errors import BadInput
from ringfence.compile.document import Document, Kind
from ringfence.compile.part.limit import leg_chain, limit_chain, limited_conduit, own_limits, part_owner
from ringfence.site.conduit import Conduit
from ringfence.site.rate import Rate

POLL = "c-plc-a-plc-b"


def conduits(*changed: Conduit, only: str = "") -> dict[str, Document]:
    whole = site()
    known = {one.name: replace(one, rate=None) for one in whole.conduits.values()} | {one.name: one for one in changed}
    made = replace(whole, conduits={name: one for name, one in known.items() if not only or name == only})
    documents = [one for one in compiled(made, bind(made)) if one.kind is Kind.CONDUIT]
    return {one.address.rsplit("/", 1)[-1]: one for one in documents}


def limited(rate: Rate | None, name: str = POLL) -> Document:
    return conduits(replace(site().conduits[name], rate=rate))[name]


def test_the_limits_are_the_conduit_s_own_parts() -> None:
    parts = limited(Rate(1000, 20, 200)).parts
    assert own_limits(parts) == {
        "counter/rate_c_plc_a_plc_b": "counter",
        "chain/rate_c_plc_a_plc_b": "regular",
        "order/rate_c_plc_a_plc_b": "connections, original, reply",
        "rule/rate_c_plc_a_plc_b/connections": "ct direction original ct status ! confirmed limit rate over 20/second "
        'burst 20 packets counter name "rate_c_plc_a_plc_b" goto deny_rate',
        "rule/rate_c_plc_a_plc_b/original": "ct direction original limit rate over 1000/second burst 200 packets "
        'counter name "rate_c_plc_a_plc_b" goto deny_rate',
        "rule/rate_c_plc_a_plc_b/reply": "ct direction reply limit rate over 1000/second burst 200 packets "
        'counter name "rate_c_plc_a_plc_b" goto deny_rate',
        "chain/rate_c_plc_a_plc_b.control": "regular",
        "order/rate_c_plc_a_plc_b.control": "limits, leg",
        "rule/rate_c_plc_a_plc_b.control/limits": "jump rate_c_plc_a_plc_b",
        "rule/rate_c_plc_a_plc_b.control/leg": "goto leg_control",
    }
    leads = {value for key, value in parts.items() if key.startswith("element/")}
    assert leads == {"goto rate_c_plc_a_plc_b.control"}


def test_only_what_is_said_is_limited() -> None:
    assert limited(Rate(7)).parts["order/rate_c_plc_a_plc_b"] == "original, reply"
    assert "burst 7 packets" in limited(Rate(7)).parts["rule/rate_c_plc_a_plc_b/original"]
    assert limited(Rate(connections=3)).parts["order/rate_c_plc_a_plc_b"] == "connections"
    assert own_limits(limited(None).parts) == {}


def test_its_commands_make_chains_before_what_leads_there() -> None:
    lines = limited(Rate(7)).body.splitlines()
    kinds = [line.split()[1] for line in lines]
    assert kinds[0] == "counter"
    assert kinds.index("element") == len(kinds) - kinds.count("element")
    assert {line.split()[0] for line in lines} == {"add", "flush"}


def test_a_rate_changes_nothing_of_other_conduits() -> None:
    before, after = conduits(), conduits(replace(site().conduits[POLL], rate=Rate(7)))
    assert {name for name in before if before[name] != after[name]} == {POLL}


def test_a_dormant_conduit_s_elements_lead_to_its_limits() -> None:
    parts = limited(Rate(7), "sleeps").parts
    assert parts["state"] == "dormant"
    assert {value for key, value in parts.items() if key.startswith("element/d")} == {"goto rate_sleeps.control"}


def test_a_conversation_of_two_conduits_cannot_be_limited() -> None:
    one = site().conduits[POLL]
    with pytest.raises(BadInput, match="allow the same conversation") as refused:
        conduits(replace(one, rate=Rate(7)), replace(one, name="again"))
    assert "Let one conduit alone" in refused.value.next_step


def test_names_tell_whose_chains_and_counters_are() -> None:
    assert limited_conduit(limit_chain("a-b")) == limited_conduit(leg_chain("a-b", "U_c_d")) == "a-b"
    assert leg_chain("a-b", "c") != leg_chain("a", "b_c")
    assert limited_conduit("rate") is limited_conduit("leg_control") is None
    assert part_owner("rule/rate_a_b.control/leg") == part_owner("counter/rate_a_b") == "a-b"
    assert part_owner("element/c4_control/x") is part_owner("counter/rate") is part_owner("chain/deny_rate") is None
