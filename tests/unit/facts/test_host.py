# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import dataclasses
import importlib
import pkgutil
from typing import get_args

import pytest
from tests import factory

import ringfence.facts
from ringfence.facts.host import Acceleration, Verdict

TYPES = [
    found
    for module in pkgutil.iter_modules(ringfence.facts.__path__, "ringfence.facts.")
    for found in vars(importlib.import_module(module.name)).values()
    if isinstance(found, type) and dataclasses.is_dataclass(found)
]


@pytest.mark.parametrize("verdict", get_args(Verdict))
def test_only_a_proven_yes_runs_guests_under_kvm(verdict: Verdict) -> None:
    found = Acceleration(verdict, "Code was run.").domain_type
    assert found == ("kvm" if verdict == "yes" else "qemu")


@pytest.mark.parametrize("kind", TYPES, ids=lambda kind: kind.__name__)
def test_nobody_changes_what_was_observed(kind: type) -> None:
    assert kind.__dataclass_params__.frozen  # type: ignore[attr-defined]  # of every dataclass, and typed of none
    assert hasattr(kind, "__slots__")


def test_equal_observations_are_equal() -> None:
    assert factory.host_facts() == factory.host_facts()
    assert factory.host_facts(cores=3) != factory.host_facts(cores=4)


def test_what_could_not_be_found_out_promises_nothing() -> None:
    bare = factory.host_facts(machines={}, firmware=(), features=frozenset(), acceleration=Acceleration("unknown", ""))
    assert bare.acceleration.domain_type == "qemu"
    assert (bare.iommu, bare.mandatory_access, bare.systemd) == (False, "none", False)
