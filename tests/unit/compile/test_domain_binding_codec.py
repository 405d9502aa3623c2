# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ringfence.base.errors import BadInput
from ringfence.compile.binding_codec import from_json, to_json
from ringfence.compile.bindings import InterfaceBinding, WorkloadBinding
from ringfence.compile.domain import binding_of
from ringfence.compile.part.label import NAMESPACE

NAMES = st.from_regex(r"[a-z][a-z0-9-]{0,8}", fullmatch=True)
INTERFACES = st.builds(
    InterfaceBinding,
    mac=st.from_regex(r"52:54:00(:[0-9a-f]{2}){3}", fullmatch=True),
    ipv4=st.none() | st.ip_addresses(v=4),
    ipv6=st.none() | st.ip_addresses(v=6),
    tap=NAMES,
)
BINDINGS = st.builds(
    WorkloadBinding,
    uuid=st.uuids().map(str),
    uid=st.integers(2_000_000_000, 2_147_000_000),
    machine=NAMES,
    cpu=NAMES,
    interfaces=st.dictionaries(NAMES, INTERFACES, max_size=3),
    slots=st.dictionaries(NAMES, st.integers(3, 30), max_size=4),
    images=st.dictionaries(NAMES, st.from_regex(r"[0-9a-f]{64}", fullmatch=True), max_size=2),
)


@given(BINDINGS)
def test_what_goes_in_comes_out(binding: WorkloadBinding) -> None:
    assert from_json(to_json(binding)) == binding


@pytest.mark.parametrize("text", ["", "[]", "{}", "null", '{"format": 2}', '{"format": 1, "uuid": "x"}', "[" * 100_000])
def test_what_is_no_binding_is_said_to_be_none(text: str) -> None:
    with pytest.raises(BadInput):
        from_json(text)


@given(st.text(max_size=40))
def test_no_text_breaks_the_reader(text: str) -> None:
    with pytest.raises(BadInput):
        from_json(text)


def test_a_domain_without_a_readable_binding_has_none() -> None:
    label = f"<metadata><r:artifact xmlns:r='{NAMESPACE}'><r:binding>no</r:binding></r:artifact></metadata>"
    for xml in ("no xml", "<domain/>", f"<domain>{label}</domain>"):
        assert binding_of(xml) is None
