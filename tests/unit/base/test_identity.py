# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import uuid

from hypothesis import given
from hypothesis import strategies as st

from ringfence.base.identity import LINK_NAME_BYTES, canonical, digest, link_name, mac, number, uuid_of
from ringfence.base.names import NAME_PATTERN

NAMES = st.from_regex(NAME_PATTERN, fullmatch=True)


@given(NAMES, st.lists(NAMES, max_size=4), st.integers(0, 3))
def test_link_names_fit_the_kernel(shown: str, scope: list[str], salt: int) -> None:
    name = link_name(shown, *scope, salt=salt)
    assert len(name.encode()) <= LINK_NAME_BYTES
    assert name.startswith("rf")
    assert name == link_name(shown, *scope, salt=salt)
    assert not set(name) & set("/: \t.")


def test_identity_is_for_good() -> None:
    """These values stand in people's plants: a change would renew every machine's identity."""
    assert link_name("scada", "plant", "server1", "live", "tap", "scada", "eth0") == "rfscada-ewd676"
    assert mac("plant", "scada", "eth0") == "52:54:00:3f:c3:67"
    assert uuid_of("plant", "scada") == "1b592653-d755-8f87-8cf3-227949e45bb2"
    assert number(1000, "plant", "scada") == 422


@given(st.lists(st.text(max_size=10), min_size=1, max_size=3), st.integers(0, 5))
def test_macs_and_uuids_are_well_formed(scope: list[str], salt: int) -> None:
    assert mac(*scope, salt=salt).startswith("52:54:00:")
    found = uuid.UUID(uuid_of(*scope, salt=salt))
    assert found.version == 8
    assert found.variant == uuid.RFC_4122


def test_salt_and_scope_make_a_difference() -> None:
    made = {mac("a", "b"), mac("a", "b", salt=1), mac("ab"), mac("b", "a"), mac("a", "b", "")}
    assert len(made) == 5


@given(st.integers(1, 2**40), NAMES)
def test_numbers_lie_below_their_limit(limit: int, name: str) -> None:
    assert 0 <= number(limit, name) < limit


def test_equal_values_have_equal_text() -> None:
    assert canonical({"b": [1, None], "a": "é"}) == '{"a":"é","b":[1,null]}'
    assert digest({"a": 1, "b": 2}) == digest({"b": 2, "a": 1}) != digest({"a": 1, "b": "2"})
