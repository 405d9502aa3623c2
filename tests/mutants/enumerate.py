# SPDX-License-Identifier: Apache-2.0
"""Every mutant of what a fabric is made of: enumerated from the artifacts' parts, not picked."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from tests.mutants.elements import Elements
from tests.mutants.mutant import Mutant
from tests.mutants.rules import chains, rules
from tests.mutants.settings import gone, lookups, parts

from ringfence.compile.document import Document, Kind

NETWORK = frozenset({
    Kind.NAMESPACE,
    Kind.LINK,
    Kind.TABLE,
    Kind.UPLINK,
    Kind.GUARD,
    Kind.DHCP,
    Kind.PORT,
    Kind.CONDUIT,
    Kind.FRAMES,
    Kind.RELAY,
})  # fmt: skip


def mutants(documents: Iterable[Document]) -> Iterator[Mutant]:
    """Yield every mutant."""
    known = [one for one in documents if one.kind in NETWORK]
    yield from Elements(known).mutants()
    for one in known:
        yield from rules(one)
        yield from chains(one)
        yield from lookups(one)
        yield from parts(one, known)
    yield from gone(known)
