# SPDX-License-Identifier: Apache-2.0
"""Listed tables become documents: the tables themselves, guards, conduits, and the grants that run."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from ringfence.base.addresses import Address
from ringfence.compile.document import Document, Kind
from ringfence.compile.part.element import Element, add_elements
from ringfence.compile.part.frame import is_frame_set
from ringfence.compile.part.limit import part_owner
from ringfence.compile.part.opening import DORMANT, GRANTED, OPEN
from ringfence.compile.part.port_chain import guard_value, has_chain, port_chain
from ringfence.compile.part.relay import COPIES, TABLES
from ringfence.compile.scope import Scope

from .nft_listing import Listed
from .relays import relay_documents

_TABLES_OWN = frozenset({"from", "to", "dhcp", "uplinks", "legs", "wires", "casts4", "casts6", COPIES})
_GRANTS = frozenset(GRANTED.values())


@dataclass(frozen=True, slots=True)
class Grant:
    """One conduit's hold on a granted element: until when, in seconds of the kernel's boot clock."""

    conduit: str
    until: int


def router_documents(scope: Scope, tables: Mapping[tuple[str, str], Listed]) -> dict[Address, Document]:
    """Return the router's tables, all conduits and relays. ``tables`` is everything in the router's namespace."""
    own = ("inet", scope.table)
    relays = relay_documents(scope, tables)
    beside = {**{document.address: document for document in _neighbours(scope, tables)}, **relays}
    if own not in tables:
        return beside
    table = tables[own]
    ours = {own, ("arp", scope.table), *((family, scope.table) for family in TABLES.values())}
    others = {f"foreign/table/{family} {name}": "there" for family, name in tables if (family, name) not in ours}
    found = [_table(scope, "router", table, others), *_conduits(scope, table)]
    return {**{document.address: document for document in found}, **beside}


def _neighbours(scope: Scope, tables: Mapping[tuple[str, str], Listed]) -> Iterator[Document]:
    """Yield the table of neighbours, which owns all of its elements."""
    table = tables.get(("arp", scope.table))
    if table is not None:
        elements = {f"element/{one.lookup}/{one.key}": one.value for one in table.elements}
        yield Document(scope.address("table", "neighbours"), Kind.TABLE, {**table.parts, **elements})


def guard_documents(scope: Scope, tables: Mapping[tuple[str, str], Listed]) -> dict[Address, Document]:
    """Return the guard's table, every workload's guard and every layer-2 conduit."""
    table = tables.get(("bridge", scope.table))
    if table is None:
        return {}
    found = [_table(scope, "guard", table, {}), *_guards(scope, table), *_frames(scope, table)]
    return {document.address: document for document in found}


def ports_of(table: Listed) -> dict[str, tuple[str, str]]:
    """Return workload and interface by the name of a port, as the guard knows them."""
    found = {}
    for one in table.elements:
        workload, _, interface = one.owners.partition("/")
        if one.lookup == "taps" and interface:
            found[one.key.strip('"')] = (workload, interface)
    return found


def grants(element: Element) -> tuple[Grant, ...]:
    """Return who was granted an element: its comment is ``name@until`` for each, separated by blanks."""
    found = []
    for word in element.owners.split():
        name, _, until = word.partition("@")
        if not name or not until.isdecimal():
            return ()
        found.append(Grant(name, int(until)))
    return tuple(found)


def is_grant(element: Element) -> bool:
    """Tell whether an element lies in a map of grants and says whose it is."""
    return element.lookup[:1] in _GRANTS and element.lookup[1:2].isdecimal() and bool(grants(element))


def is_shared(element: Element) -> bool:
    """Tell whether more than one conduit owns an element. The body of an observed conduit holds just these."""
    return " " in element.owners


def _owners(element: Element) -> tuple[str, ...]:
    """Return the conduits that own an element; none for the table's own, for grants, and for what nobody owns."""
    if element.lookup in _TABLES_OWN or (element.lookup[:1] in _GRANTS and element.lookup[1:2].isdecimal()):
        return ()
    return tuple(element.owners.split())


def _by_chain(parts: Mapping[str, str]) -> dict[str, dict[str, str]]:
    """Return the parts of each chain: a table of a large site has thousands of chains."""
    found: dict[str, dict[str, str]] = defaultdict(dict)
    for key, value in parts.items():
        kind, _, rest = key.partition("/")
        if kind in {"chain", "order", "rule"}:
            found[rest.partition("/")[0]][key] = value
    return found


def _ports_own(table: Listed) -> set[str]:
    """Return the parts that ports' guards own: the chains that their elements lead to."""
    owned = [one for one in table.elements if has_chain(one.lookup) and one.owners]
    chains = _by_chain(table.parts) if owned else {}
    return {key for one in owned for key in chains.get(port_chain(one.lookup, one.key), ())}


def _conduits_own(table: Listed) -> dict[str, dict[str, str]]:
    """Return the chains, rules and counters of limited conduits that own any element, by conduit.

    What is left of one that owns none is the table's, which does not know it.
    """
    found: dict[str, dict[str, str]] = defaultdict(dict)
    for key, value in table.parts.items():
        whose = part_owner(key)
        if whose:
            found[whose][key] = value
    owners = {owner for one in table.elements for owner in _owners(one)} if found else set()
    return {whose: parts for whose, parts in found.items() if whose in owners}


def _table(scope: Scope, name: str, table: Listed, others: Mapping[str, str]) -> Document:
    theirs = _ports_own(table) | {key for parts in _conduits_own(table).values() for key in parts}
    parts = {**{key: value for key, value in table.parts.items() if key not in theirs}, **others}
    for one in table.elements:
        if one.lookup in _TABLES_OWN:
            parts[f"element/{one.lookup}/{one.key}"] = one.value
        elif not _owners(one) and not is_grant(one):
            parts[f"foreign/element/{one.lookup}/{one.key}"] = one.value
    return Document(scope.address("table", name), Kind.TABLE, parts)


def _conduits(scope: Scope, table: Listed) -> Iterator[Document]:
    limits = _conduits_own(table)
    for owner, elements in _by_owner(table.elements).items():
        dormant = all(one.lookup[:1] in GRANTED and one.lookup[1:2].isdecimal() for one in elements)
        parts = {"state": DORMANT if dormant else OPEN, **limits.get(owner, {})}
        parts |= {f"element/{one.lookup}/{one.key}": one.value for one in elements}
        body = "\n".join(add_elements(f"inet {scope.table}", filter(is_shared, elements)))
        yield Document(scope.address("conduit", owner), Kind.CONDUIT, parts, body)


def _guards(scope: Scope, table: Listed) -> Iterator[Document]:
    by_workload: dict[str, dict[str, str]] = defaultdict(dict)
    chains = _by_chain(table.parts)
    mine = [one for one in table.elements if not is_frame_set(one.lookup)]
    for owner, elements in _by_owner(mine).items():
        workload, _, interface = owner.partition("/")
        found = by_workload[workload]
        for one in elements:
            said = interface if one.value == guard_value(one) else f"{interface} {one.value}"
            found[f"element/{one.lookup}/{one.key}"] = said
            if has_chain(one.lookup):
                found |= chains.get(port_chain(one.lookup, one.key), {})
    for workload, parts in by_workload.items():
        yield Document(scope.address("guard", workload), Kind.GUARD, parts)


def _frames(scope: Scope, table: Listed) -> Iterator[Document]:
    for owner, elements in _by_owner(filter(_is_frame, table.elements)).items():
        parts = {"state": OPEN, **{f"element/{one.lookup}/{one.key}": one.value for one in elements}}
        body = "\n".join(add_elements(f"bridge {scope.table}", filter(is_shared, elements)))
        yield Document(scope.address("frames", owner), Kind.FRAMES, parts, body)


def _is_frame(element: Element) -> bool:
    return is_frame_set(element.lookup)


def _by_owner(elements: Iterable[Element]) -> dict[str, list[Element]]:
    found: dict[str, list[Element]] = defaultdict(list)
    for one in elements:
        for owner in _owners(one):
            found[owner].append(one)
    return found
