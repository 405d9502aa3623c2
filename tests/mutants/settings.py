# SPDX-License-Identifier: Apache-2.0
"""Mutants of everything else: sets' types and flags, sysctls, options of ports, links, routes, leases, documents."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from tests.mutants.mutant import Mutant, changed
from tests.mutants.wider import setting

from ringfence.compile.document import Document

_TABLES = ("element/", "rule/", "order/", "chain/", "set/", "map/")
_TYPES = {"ipv4_addr": "ipv6_addr", "ipv6_addr": "ipv4_addr", "ifname": "ether_addr", "ether_addr": "ifname"}


def lookups(document: Document) -> Iterator[Mutant]:
    """Yield mutants of definitions of sets and maps."""
    for key, value in document.parts.items():
        if key.startswith(("set/", "map/")):
            plain, _, flags = value.partition("; flags ")
            for flag in filter(None, flags.split(",")):
                left = ",".join(one for one in flags.split(",") if one != flag)
                fresh = f"{plain}; flags {left}" if left else plain
                yield changed(document, key, fresh, "set without a flag", f"without {flag}")
            for flag in ("interval", "timeout"):
                if flag not in flags:
                    fresh = f"{plain}; flags {f'{flags},' if flags else ''}{flag}"
                    yield changed(document, key, fresh, "set with a flag", f"with {flag}")
            first = plain.removeprefix("type ").partition(" ")[0]
            if first in _TYPES:
                fresh = value.replace(first, _TYPES[first], 1)
                yield changed(document, key, fresh, "set of another type", f"of {_TYPES[first]}")
            yield changed(document, key, None, "set dropped", "dropped")


def parts(document: Document, documents: Sequence[Document]) -> Iterator[Mutant]:
    """Yield mutants of what is neither rule nor set: each dropped, and turned into what else it might be."""
    for key, value in document.parts.items():
        if key.startswith(("stub/", "endpoint")):  # of the tests' own endpoints
            continue
        if any(mark in f"/{key}" for mark in (f"/{one}" for one in _TABLES)):
            continue
        yield changed(document, key, None, "part dropped", "dropped")
        for other in setting(value):
            yield changed(document, key, other.word, "part changed", f"{other.how}: {other.word}")
        if key.endswith("master"):
            for elsewhere in sorted({one.parts[key] for one in documents if key in one.parts} - {value})[:1]:
                yield changed(document, key, elsewhere, "port elsewhere", f"in {elsewhere}")


def gone(documents: Sequence[Document]) -> Iterator[Mutant]:
    """Yield mutants without a whole artifact."""
    for one in documents:
        yield Mutant("artifact dropped", str(one.address), gone=frozenset({one.address}))
