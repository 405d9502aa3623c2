# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

from dataclasses import replace

import pytest
from tests.unit.plan.plant import Strict, observed, small

from ringfence.plan.drift import drift
from ringfence.plan.sentences import key_words

ARTIFACTS = small().artifacts()


def told(address: str, **parts: str | None) -> list[str]:
    world = observed(ARTIFACTS)
    full = f"host/server1/live/{address}"
    mixed = {**world[full].parts, **parts}
    world[full] = replace(world[full], parts={key: value for key, value in mixed.items() if value is not None})
    return [sentence for found in drift(ARTIFACTS, world, Strict()) for sentence in found.sentences]


def test_a_rule_changed_by_hand() -> None:
    (found,) = told("table/router", **{"chain/forward/policy": "accept"})
    assert "policy" in found
    assert "accept" in found
    assert "the site says drop" in found


def test_an_extra_and_a_missing_part() -> None:
    assert told("port/scada/eth0", learning="1") == [
        "Port eth0 of workload scada has 'learning' (1), which the site does not say."
    ]
    assert told("port/scada/eth0", isolated=None) == ["Port eth0 of workload scada lacks 'isolated', the site says 1."]


def test_things_that_went_or_came() -> None:
    world = observed(ARTIFACTS)
    del world["host/server1/live/run/scada"], world["host/server1/live/conduit/read"]
    found = {sentence for one in drift(ARTIFACTS, world, Strict()) for sentence in one.sentences}
    assert found == {"Workload scada does not run, although it should.", "Conduit read is missing."}
    found = {
        sentence
        for one in drift(small().without("scada").artifacts(), observed(ARTIFACTS), Strict())
        for sentence in one.sentences
    }
    assert "Workload scada runs, although the site does not name it." in found


def test_long_and_empty_values_stay_readable() -> None:
    (found,) = told("table/router", **{"chain/forward/policy": "x " * 200})
    assert len(found) < 250
    (found,) = told("table/router", **{"chain/forward/policy": ""})
    assert "empty" in found


def test_drift_tells_whose_it_is() -> None:
    world = observed(ARTIFACTS)
    del world["host/server1/live/run/scada"]
    (found,) = drift(ARTIFACTS, world, Strict())
    assert found.workload == "scada"


@pytest.mark.parametrize(
    ("key", "words"),
    [
        ("devices/disk[vda]/driver@cache", "cache of driver of disk vda of devices"),
        ("isolated", "isolated"),
    ],
)
def test_keys_in_words(key: str, words: str) -> None:
    assert key_words(key) == words
