# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import os
from pathlib import Path

import pytest
from lxml import etree
from tests import factory

from ringfence.compile.document import Kind
from ringfence.compile.domain import binding_of, tolerated
from ringfence.compile.part.flatten import flatten, parse

from .domain_cases import CASES, GOLDEN, VERSIONS, WORKLOADS, compiled

SCHEMA = Path("/usr/share/libvirt/schemas/domain.rng")


@pytest.mark.parametrize(("case", "version"), CASES)
def test_the_definition_is_the_recorded_one(case: str, version: str) -> None:
    body = compiled(case, VERSIONS[version]).body
    recorded = GOLDEN / case / f"{version}.xml"
    if os.environ.get("RINGFENCE_GOLDEN") == "write":
        recorded.parent.mkdir(parents=True, exist_ok=True)
        recorded.write_text(body, encoding="utf-8")
    assert body == recorded.read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def schema() -> etree.RelaxNG:
    if not SCHEMA.exists():
        pytest.skip("libvirt's schemas are not installed here")
    return etree.RelaxNG(etree.parse(str(SCHEMA)))


@pytest.mark.parametrize("case", WORKLOADS)
def test_the_definition_meets_libvirts_schema(case: str, schema: etree.RelaxNG) -> None:
    found = etree.fromstring(compiled(case, VERSIONS["9.0"]).body)
    assert schema.validate(found), schema.error_log


@pytest.mark.parametrize(("case", "version"), CASES)
def test_what_libvirt_made_of_it_differs_by_tolerated_parts_only(case: str, version: str) -> None:
    recorded = (GOLDEN / case / f"{version}.dump.xml").read_text(encoding="utf-8")
    found, tolerance = flatten(parse(recorded)), tolerated(VERSIONS[version].versions)
    wanted = compiled(case, VERSIONS[version]).parts
    assert {key: found.get(key) for key in wanted} == dict(wanted)
    extra = {key: value for key, value in found.items() if key not in wanted}
    assert {key: value for key, value in extra.items() if not tolerance.allows(Kind.DOMAIN, key, value)} == {}


@pytest.mark.parametrize(("case", "version"), CASES)
def test_the_binding_comes_back_from_what_libvirt_keeps(case: str, version: str) -> None:
    recorded = (GOLDEN / case / f"{version}.dump.xml").read_text(encoding="utf-8")
    workload, facts = WORKLOADS[case], VERSIONS[version]
    assert binding_of(recorded) == factory.binding(workload, machine=facts.machines[workload.chipset])
