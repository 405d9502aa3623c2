# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

from dataclasses import replace

from tests.unit.plan.plant import Strict, observed, small

from ringfence.compile.document import Document, Kind
from ringfence.compile.tolerance import Allowance, Tolerance
from ringfence.plan.change import Action, PartChange
from ringfence.plan.compare import compare

ARTIFACTS = small().artifacts()


def changed(kind: Kind, **parts: str | None) -> dict[str, Document]:
    """Answer the plant's world, in which the first artifact of a kind has other parts."""
    found = observed(ARTIFACTS)
    address = next(a for a, document in found.items() if document.kind is kind)
    mixed = {**found[address].parts, **parts}
    found[address] = replace(found[address], parts={key: value for key, value in mixed.items() if value is not None})
    return found


def test_equal_worlds_need_no_change() -> None:
    assert compare(ARTIFACTS, observed(ARTIFACTS), Strict()) == ()


def test_bodies_are_not_compared() -> None:
    world = {address: replace(found, body="other") for address, found in observed(ARTIFACTS).items()}
    assert compare(ARTIFACTS, world, Strict()) == ()


def test_everything_is_created_in_the_order_of_kinds() -> None:
    changes = compare(ARTIFACTS, {}, Strict())
    assert {change.action for change in changes} == {Action.CREATE}
    assert [change.kind for change in changes] == sorted(
        (change.kind for change in changes), key=lambda kind: list(Kind).index(kind)
    )


def test_what_nobody_compiled_is_deleted() -> None:
    changes = compare((), observed(ARTIFACTS), Strict())
    assert {change.action for change in changes} == {Action.DELETE}
    assert len(changes) == len(ARTIFACTS)


def test_missing_different_and_extra_parts_are_told_apart() -> None:
    world = changed(Kind.PORT, name=None, isolated="0", learning="1")
    (change,) = compare(ARTIFACTS, world, Strict())
    assert change.parts == (
        PartChange("isolated", "0", "1"),
        PartChange("learning", "1", None),
        PartChange("name", None, "tap-historian"),
    )


def test_a_tolerated_extra_is_no_drift_and_a_tolerated_difference_is() -> None:
    tolerance = Tolerance((Allowance(Kind.DOMAIN, "devices/.*", ".*", "libvirt adds it"),))
    assert compare(ARTIFACTS, changed(Kind.DOMAIN, **{"devices/emulator": "/usr/bin/qemu"}), tolerance) == ()
    assert len(compare(ARTIFACTS, changed(Kind.DOMAIN, **{"devices/thing[0]@model": "evil"}), tolerance)) == 1
    assert len(compare(ARTIFACTS, changed(Kind.PORT, **{"devices/emulator": "/usr/bin/qemu"}), tolerance)) == 1
