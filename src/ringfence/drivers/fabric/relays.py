# SPDX-License-Identifier: Apache-2.0
"""Relays: chains and elements of the tables of relays, changed in one transaction, only where they differ."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from copy import deepcopy

from ringfence.base.addresses import own_name
from ringfence.base.errors import Refused
from ringfence.compile.document import Document
from ringfence.compile.fabric.relay import relay_lines
from ringfence.compile.part.element import delete_elements, own_elements
from ringfence.compile.part.relay import LOOKUPS, ORDER, TABLES, Relay, chain_of
from ringfence.compile.scope import Scope
from ringfence.observe.nft_listing import Listed
from ringfence.observe.relays import relays_of
from ringfence.plan.change import Change

from .look import router_tables
from .tables import load, without_chain


def ensure_relays(scope: Scope, changes: Sequence[Change]) -> None:
    """Bring conduits' relays to their documents, all in one transaction. Copies are never tracked: nothing to cut."""
    listed = router_tables(scope)
    tables = {family: listed[family, scope.table] for family in TABLES.values() if (family, scope.table) in listed}
    wanted = {own_name(change.address): change.after for change in changes}
    lines: list[str] = []
    for family in TABLES.values():
        come = {owner: _named(document, family) for owner, document in wanted.items() if document}
        if family in tables:
            lines += _lines(tables[family], wanted.keys(), come)
        elif any(come.values()):
            raise Refused("The table of relays is not loaded.", "Apply again: it loads the table first.")
    load("\n".join([*lines, ""]) if lines else "", scope.namespace)


def _lines(table: Listed, changed: AbstractSet[str], come: Mapping[str, Mapping[str, Relay]]) -> Iterator[str]:
    """Yield what differs: what goes or changes of elements, chains and elements that come, chains that go."""
    standing, name = relays_of(table), f"{table.family} {table.name}"
    wanted = _wanted(standing, changed, come)
    new = [one for chain, one in wanted.items() if standing.get(chain) != one]
    gone = sorted(standing.keys() - wanted.keys())
    # A key that somebody else holds, or that nobody holds, is taken over: the document says whose it is.
    old = {standing[chain].element[:2] for chain in gone} | {one.element[:2] for one in new}
    yield from delete_elements(name, sorted(old & {one[:2] for one in table.elements}))
    for one in new:
        if one.chain in standing and standing[one.chain].hook != one.hook:  # nft hooks no chain in, and none out
            yield from without_chain(name, one.chain)
    yield from relay_lines(name, new)
    for chain in gone:
        yield from without_chain(name, chain)


def _wanted(
    standing: Mapping[str, Relay], changed: AbstractSet[str], come: Mapping[str, Mapping[str, Relay]]
) -> dict[str, Relay]:
    """Return the relays as they shall be; those that no changed conduit owns stay as they are."""
    found = deepcopy(dict(standing))
    for one in found.values():
        if not changed.isdisjoint(one.names):
            one.disown(changed)
            one.strange, one.order, one.hook = {}, ORDER, "regular"
    for owner, relays in come.items():
        for chain, relay in relays.items():
            held = found.setdefault(chain, Relay(relay.lookup, relay.key))
            for member, rule in relay.rules.items():
                held.own(owner, member, rule)
    return {chain: one for chain, one in found.items() if one.rules}


def _named(document: Document, family: str) -> dict[str, Relay]:
    """Return what a document says of one table, by chain."""
    elements = [one for one in own_elements(document.parts) if LOOKUPS.get(one.lookup) == family]
    found = {chain_of(one.lookup, one.key): Relay(one.lookup, one.key) for one in elements}
    for key, rule in document.parts.items():
        kind, chain, member = [*key.split("/", 2), "", ""][:3]
        if kind == "rule" and chain in found:
            found[chain].rules[member] = rule
    return found
