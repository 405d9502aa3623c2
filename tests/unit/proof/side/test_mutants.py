# SPDX-License-Identifier: Apache-2.0
"""Every part of machines, files and the address service, dropped and altered: seen, or listed here as harmless."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace

import pytest
from tests import factory
from tests.unit.app.claims.test_doors import BUS, artifacts, everything

from ringfence.compile.document import Document, Kind
from ringfence.proof.side import Side, look

KINDS = (Kind.DOMAIN, Kind.VOLUME, Kind.SEED, Kind.IMAGE, Kind.DHCP, Kind.RUN)
STRANGE = "/srv/strange"
HARMLESS: Mapping[Kind, str] = {
    # what a machine is made of inside, and how fast; where its devices sit; what it is called
    Kind.DOMAIN: r"(name|uuid|description|@type|memory.*|currentMemory|vcpu.*|clock.*|cpu.*|features/.*|pm/.*|on_\w+"
    r"|os/type.*|metadata/artifact(@(address|site|fabric|workload)|/binding)|seclabel\[dac\]@relabel"
    r"|devices/\w+(\[.*?\])?(/address|/boot@order|@managed|/model@\w+|/target@(bus|type)|/driver@(name|io|cache|discard)"
    r"|/log@append|/rom@\w+|/target/model@name)"
    # libvirt's own default is the same: a disk is a file and a disk, a seed is raw, a controller one of each kind
    r"|devices/disk\[.*\](@type|@device|/source@file|/target@dev|/source/seclabel\[dac\]@\w+)"
    r"|devices/disk\[sdz\].*|devices/disk\[vdz\].*"
    # the layer below goes on being what the volume's header says, and that is read as well
    r"|devices/disk\[vda\]/backingStore(@type|/source@file|/source/seclabel\[dac\]@model)"
    r"|devices/(serial|console)\[\d\]/target@port|devices/controller\[.*\]@\w+|devices/audio\[1\]@id"
    r"|devices/(rng|watchdog\[.*\])@(model|action)|devices/input\[.*\]@bus"
    # firmware from where distributions keep it; without a loader there is none of the host's
    r"|os/loader(@type)?|os/nvram@template"
    # what goes past the fabric is told by its card: its MAC and its name on the host change nothing
    r"|devices/interface\[52:54:[0-9a-f:]+\](/mac@address|/target@dev))",
    # how much it holds; the chain that the definition says counts, not the one in the header
    Kind.VOLUME: r"size|backing|backing-format",
    Kind.IMAGE: r"size",
    # what the machine's own seed tells it
    Kind.SEED: r"content|sector",
    # a device that is defined and does not run; a machine that is stopped
    Kind.RUN: r"state|devices/.*",
    # fewer leases; names, which it does not answer; less in logs
    Kind.DHCP: r"conf/(aside|authoritative|bind|duid|except|hosts|hosts-file|leases|ping|quiet.*|ra|resolv)"
    r"|conf/\w+/range[46]",
}
ONLY_DROPPED = re.compile(
    r"@type|on_\w+|os/nvram@template|os/loader|devices/\w+(\[.*?\])?/rom@\w+|conf/.*|backing|.*@device|run/.*"
    r"|.*/source@file|.*/target/model@name|devices/controller\[.*\]@\w+|devices/input.*@bus|.*@action|.*@model|devices/disk\[.*\]@type"
)
"""Parts that are harmless to miss, and not to have with any other value."""


@pytest.fixture(scope="module")
def documents() -> list[Document]:
    return artifacts(everything(), factory.scope())


def seen(side: Side) -> object:
    return ({door.key for door in side.doors}, side.unread)


def mutants(documents: list[Document]) -> Iterator[tuple[Document, str, Document]]:
    for document in documents:
        if document.kind in KINDS and "plc" not in document.address:
            for key in document.parts:
                rest = {name: value for name, value in document.parts.items() if name != key}
                yield document, key, replace(document, parts=rest)
                yield document, key, replace(document, parts={**rest, key: STRANGE})


def is_harmless(document: Document, key: str, mutant: Document) -> bool:
    if re.fullmatch(HARMLESS[document.kind], key) is None:
        return False
    return key not in mutant.parts or ONLY_DROPPED.fullmatch(key) is None


def test_every_mutant_is_seen_or_harmless(documents: list[Document]) -> None:
    before, missed = seen(look(documents, BUS)), []
    count = 0
    for document, key, mutant in mutants(documents):
        count += 1
        now = [mutant if one is document else one for one in documents]
        if seen(look(now, BUS)) == before and not is_harmless(document, key, mutant):
            missed.append(f"{document.kind} {key} {'altered' if key in mutant.parts else 'dropped'}")
    assert missed == []
    assert count > 400


def test_every_device_that_is_taken_away_is_missed_or_harmless(documents: list[Document]) -> None:
    """A device that libvirt would put there anyway has to be said to be none."""
    before, missed = seen(look(documents, BUS)), set()
    domain = next(one for one in documents if one.address.endswith("domain/full"))
    names = {match[0] for key in domain.parts if (match := re.match(r"devices/\w+(\[.*?\])?(?=[/@]|$)", key))}
    for name in names:
        parts = {
            key: value for key, value in domain.parts.items() if re.match(re.escape(name) + "([/@]|$)", key) is None
        }
        now = [replace(one, parts=parts) if one is domain else one for one in documents]
        if seen(look(now, BUS)) == before:
            missed.add(re.sub(r"\[.*\]", "", name))
    assert missed == {
        f"devices/{name}" for name in ("audio", "console", "controller", "disk", "rng", "video", "watchdog")
    }
