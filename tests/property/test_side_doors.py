# SPDX-License-Identifier: Apache-2.0
"""Laws of side doors: nothing in artifacts stops the look, order never matters, what is new is never silent."""

from __future__ import annotations

from dataclasses import replace
from random import Random

from hypothesis import given
from hypothesis import strategies as st
from tests import factory
from tests.unit.app.claims.test_doors import BUS, artifacts, everything

from ringfence.compile.document import Document, Kind
from ringfence.proof.side import look
from ringfence.proof.side.told import sentence

DOCUMENTS = artifacts(everything(), factory.scope())
READ = [one for one in DOCUMENTS if one.kind in {Kind.DOMAIN, Kind.VOLUME, Kind.SEED, Kind.IMAGE, Kind.DHCP, Kind.RUN}]
KEYS = sorted({key for one in READ for key in one.parts})
WORDS = st.sampled_from(
    ["", "yes", "no", "/", "/srv/x", "tcp", "unix", "..", "0", "-1", "0777", "pci", "present", "=", "é\n"]
)
NAMES = st.one_of(
    st.sampled_from(KEYS),
    st.text(max_size=20),
    st.builds(
        "devices/{}[{}]{}".format,
        st.sampled_from(["disk", "serial", "channel", "hostdev", "interface", "graphics", "tpm", "new", ""]),
        st.text(max_size=5),
        st.sampled_from(
            ["@type", "/source@file", "/source@path", "/source/address", "/backingStore/source@dev", "", "/"]
        ),
    ),
)
CHANGES = st.dictionaries(NAMES, st.one_of(WORDS, st.text(max_size=10)), max_size=6)


def changed(place: int, changes: dict[str, str], dropped: list[str]) -> list[Document]:
    target = READ[place % len(READ)]
    kept = {key: value for key, value in target.parts.items() if key not in dropped}
    return [replace(one, parts={**kept, **changes}) if one is target else one for one in DOCUMENTS]


@given(st.integers(0, 100), CHANGES, st.lists(st.sampled_from(KEYS), max_size=3))
def test_nothing_in_an_artifact_stops_the_look_and_every_door_can_be_told(
    place: int, changes: dict[str, str], dropped: list[str]
) -> None:
    side = look(changed(place, changes, dropped), BUS)
    assert all(sentence(door).endswith(".") and sentence(door).isprintable() for door in side.doors)
    assert all(one.why.endswith(".") for one in side.unread)


@given(st.integers(0, 100), CHANGES, st.integers(0, 2**32))
def test_order_never_matters(place: int, changes: dict[str, str], seed: int) -> None:
    random = Random(seed)  # noqa: S311 - an order, no secret
    documents = changed(place, changes, [])
    shuffled = [replace(one, parts=_shuffled(one, random)) for one in documents]
    random.shuffle(shuffled)
    one, other = look(documents, BUS), look(shuffled, BUS)
    assert {door.key for door in one.doors} == {door.key for door in other.doors}
    assert {str(each.place) for each in one.unread} == {str(each.place) for each in other.unread}


def _shuffled(document: Document, random: Random) -> dict[str, str]:
    keys = list(document.parts)
    random.shuffle(keys)
    return {key: document.parts[key] for key in keys}


@given(st.text(max_size=20), st.text(max_size=20))
def test_a_part_that_nobody_knows_is_never_silent(key: str, value: str) -> None:
    """Whatever stands below the devices under a new name is told as not understood."""
    domain = next(one for one in DOCUMENTS if one.address.endswith("domain/full"))
    new = f"devices/quite-new[{key}]/what"
    documents = [replace(one, parts={**one.parts, new: value}) if one is domain else one for one in DOCUMENTS]
    assert [one for one in look(documents, BUS).unread if one.place.artifact == domain.address] != []
