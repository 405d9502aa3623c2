# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

from dataclasses import replace

import pytest
from tests.unit.plan.plant import Strict, observed, small

from ringfence.compile.document import Artifact, Document, Kind
from ringfence.plan.compare import compare
from ringfence.plan.drift import drift
from ringfence.plan.sentences import sentences
from ringfence.plan.wording import key_words

ARTIFACTS = small().artifacts()


def told(address: str, **parts: str | None) -> list[str]:
    world = observed(ARTIFACTS)
    full = f"host/server1/live/{address}"
    mixed = {**world[full].parts, **parts}
    world[full] = replace(world[full], parts={key: value for key, value in mixed.items() if value is not None})
    return [sentence for found in drift(ARTIFACTS, world, Strict()) for sentence in found.sentences]


def table(**parts: str) -> Document:
    return Document("host/server1/live/table/router", Kind.TABLE, parts)


def test_a_policy_changed_by_hand() -> None:
    hook = "filter hook forward priority 0; policy"
    before, after = table(**{"chain/forward": f"{hook} accept"}), table(**{"chain/forward": f"{hook} drop"})
    (found,) = compare([Artifact(after)], {after.address: before}, Strict())
    assert sentences(found) == ("In the rules of the router, the forward policy is accept, the site says drop.",)


def test_rules_and_elements_added_by_hand() -> None:
    before = table(**{"rule/forward/1": "accept", "element/c4_field/10.0.0.2 . 10.0.0.3 . tcp . 502": "accept"})
    (found,) = compare([Artifact(table())], {before.address: before}, Strict())
    assert sentences(found) == (
        "The rules of the router have the flow 10.0.0.2 to 10.0.0.3, tcp 502 (accept), which the site does not say.",
        "The rules of the router have rule '1' of chain forward (accept), which the site does not say.",
    )


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


def test_a_device_that_came_or_went_is_one_sentence() -> None:
    disk = {"devices/disk[sdx]@type": "file", "devices/disk[sdx]/source@file": "/srv/x.img"}
    assert told("domain/scada", **disk) == [
        "The definition of workload scada has disk sdx (/srv/x.img), which the site does not name."
    ]
    found = observed(ARTIFACTS)["host/server1/live/domain/scada"]
    site = replace(found, parts={**found.parts, **disk})
    (change,) = compare([Artifact(site)], {found.address: found}, Strict())
    assert sentences(change) == ("The definition of workload scada lacks disk sdx (/srv/x.img).",)
