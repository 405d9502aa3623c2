# SPDX-License-Identifier: Apache-2.0
"""The fabric whose mutants are judged: the example's water works as it is, with stubs for its workloads."""

from __future__ import annotations

from tests.integration.fabric.stage import EXAMPLE, Stage

from ringfence.app.claims import claims
from ringfence.compile.scope import Endpoints, Scope
from ringfence.proof.flow import Claim
from ringfence.site.loader import load


def example(name: str = "t-mutants") -> Stage:
    site, problems = load(EXAMPLE.read_bytes())
    assert site is not None, problems
    return Stage(site, Scope(name, "server1", "live", Endpoints.STUB))


def claimed(stage: Stage) -> tuple[Claim, ...]:
    return claims(stage.site, frozenset(stage.site.workloads), stage.bindings, stage.scope, stage.now)
