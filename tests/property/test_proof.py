# SPDX-License-Identifier: Apache-2.0
"""The law of the proof: what the compiled artifacts let happen is what the declaration says, no more and no less.

Two readings that share nothing are compared exactly: reach from the artifacts alone, claims from the site alone.
"""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from tests import factory
from tests.packets import abroad, bay
from tests.packets.cases import bind, gatherings, sites
from tests.packets.equal import differences
from tests.property import test_frames, test_restrictions

from ringfence.app.claims import claims
from ringfence.compile.bindings import Bindings
from ringfence.compile.fabric import fabric_artifacts
from ringfence.compile.restrictions import UNRESTRICTED, Restrictions
from ringfence.compile.scope import Endpoints, Scope
from ringfence.proof.reach import reach
from ringfence.site.site import Site

abroad_restrictions = st.builds(
    Restrictions,
    st.frozensets(st.sampled_from(abroad.ZONES), max_size=1),
    st.frozensets(st.sampled_from(("c0",)), max_size=1),
    st.frozensets(st.sampled_from(("a0",)), max_size=1),
)


def told(site: Site, bindings: Bindings, scope: Scope, standing: Restrictions = UNRESTRICTED) -> list[str]:
    """Return where a site's compiled artifacts and its declaration differ, and what stands open by a setting."""
    here = frozenset(site.workloads)
    made = fabric_artifacts(site, here, bindings, scope, factory.NOW, standing)
    found = reach(one.document for one in made)
    assert found.unread == ()
    open_by = [f"door {one.kind} {one.source}: {one.what}" for one in found.doors]
    return [*differences(found.flows, claims(site, here, bindings, scope, factory.NOW, standing)), *open_by]


def stubs(site: Site) -> Scope:
    return Scope(site.name, "server1", "live", Endpoints.STUB)


@given(sites())
def test_what_can_happen_is_what_was_declared(site: Site) -> None:
    assert told(site, bind(site), stubs(site)) == []


@given(gatherings())
def test_what_is_said_to_many_is_what_was_declared(site: Site) -> None:
    assert told(site, bind(site), stubs(site)) == []


@given(test_frames.sites())
def test_frames_that_pass_are_those_that_were_declared(site: Site) -> None:
    assert told(site, bay.bindings(site), bay.scope()) == []


@given(st.one_of(sites(), gatherings()), test_restrictions.restrictions)
def test_what_restrictions_leave_is_what_they_leave_of_the_declaration(site: Site, standing: Restrictions) -> None:
    assert told(site, bind(site), stubs(site), standing) == []


@given(abroad.plants(), abroad_restrictions)
def test_a_plant_outside_gets_what_was_declared(site: Site, standing: Restrictions) -> None:
    assert told(site, abroad.bind(site), stubs(site), standing) == []
