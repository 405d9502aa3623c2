# SPDX-License-Identifier: Apache-2.0
"""Tables and guards: replaced in one transaction each, without touching elements that others own."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from ringfence.base.addresses import Address, own_name
from ringfence.base.errors import Refused
from ringfence.compile.document import Document, Kind
from ringfence.compile.fabric.guard import guard_elements, guard_lines
from ringfence.compile.fabric.limit import limit_lines
from ringfence.compile.fabric.relay import relay_lines
from ringfence.compile.nft.script import chain_lines, table_script
from ringfence.compile.part.element import Element, add_elements, delete_elements, own_elements
from ringfence.compile.part.frame import is_frame_set
from ringfence.compile.part.limit import own_limits
from ringfence.compile.part.relay import TABLES as RELAY_TABLES
from ringfence.compile.scope import Scope
from ringfence.observe.nft_listing import Listed
from ringfence.observe.relays import relays_of
from ringfence.observe.rules import guard_documents, router_documents
from ringfence.plan.change import Change

from .look import guard_tables, router_tables
from .tool import run

_FAMILIES: Mapping[str, str] = {"router": "inet", "neighbours": "arp", **RELAY_TABLES}
"""Family of each table in the router's namespace."""
_REMOVALS = ("foreign/table/", "foreign/element/", "element/", "chain/", "map/", "set/", "counter/")
"""Parts that may be too many, in an order in which nft lets them go."""


def load(script: str, namespace: str = "") -> None:
    """Give nft one script, which is one transaction."""
    if script.strip():
        run(["nft", "-f", "-"], script, namespace=namespace)


def ensure_table(scope: Scope, document: Document) -> None:
    """Bring a table of the router, or the guard's, to its document."""
    family, namespace, tables = _home(scope, document)
    documents = router_documents(scope, tables) if namespace else guard_documents(scope, tables)
    standing = documents.get(document.address)
    have: Mapping[str, str] = standing.parts if standing else {}
    listed = tables.get((family, scope.table))
    if listed and _must_go(document.parts, have):
        load(_anew(document.parts, listed, documents.values()), namespace)
        return
    load("\n".join([table_script(document.parts), *_removals(document.parts, have)]) + "\n", namespace)


def remove_table(scope: Scope, document: Document) -> None:
    """Remove a table."""
    family, namespace, tables = _home(scope, document)
    if (family, scope.table) in tables:
        load(f"delete table {family} {scope.table}\n", namespace)


def _home(scope: Scope, document: Document) -> tuple[str, str, dict[tuple[str, str], Listed]]:
    """Return a table's family, its namespace (the host's own is empty), and the tables that stand there."""
    name = own_name(document.address)
    if name == "guard":
        return "bridge", "", guard_tables(scope)
    return _FAMILIES[name], scope.namespace, router_tables(scope)


def ensure_guards(scope: Scope, changes: Sequence[Change]) -> None:
    """Bring workloads' guards to their documents, all in one transaction."""
    table = guard_tables(scope).get(("bridge", scope.table))
    if table is None:
        if all(change.after is None for change in changes):
            return
        raise Refused("The guard's table is not loaded.", "Apply again: it loads the table first.")
    standing = guard_documents(scope, {("bridge", scope.table): table})
    load("\n".join([*_guard_lines(table, standing, changes), ""]))


def _guard_lines(table: Listed, standing: Mapping[Address, Document], changes: Sequence[Change]) -> Iterator[str]:
    """Yield what differs: elements that go, chains that go, chains that come, elements that come."""
    name = f"bridge {table.name}"
    have = {change.address: standing[change.address].parts for change in changes if change.address in standing}
    want = {change.address: change.after.parts for change in changes if change.after}
    new = [one for address, parts in want.items() for one in _new_elements(address, parts, have.get(address, {}))]
    gone = {one[:2] for address, parts in have.items() for one in own_elements(_extra(parts, want.get(address, {})))}
    # A key that others hold, or that nobody holds, is taken over: the document says whose it is.
    gone |= {one[:2] for one in table.elements} & {one[:2] for one in new}
    yield from delete_elements(name, sorted(gone))
    for address, parts in have.items():
        for key in _extra(parts, want.get(address, {})):
            if key.startswith("chain/") and key not in want.get(address, {}):
                yield from without_chain(name, key.removeprefix("chain/"))
    for address, parts in want.items():
        yield from chain_lines(name, {} if have.get(address) == parts else parts)
    yield from add_elements(name, sorted(new))


def _extra(parts: Mapping[str, str], other: Mapping[str, str]) -> dict[str, str]:
    """Return the parts that others do not have, or have otherwise."""
    return {key: value for key, value in parts.items() if other.get(key) != value}


def _new_elements(address: Address, want: Mapping[str, str], have: Mapping[str, str]) -> Iterator[Element]:
    yield from guard_elements(own_name(address), _extra(want, have))


def without_chain(table: str, chain: str) -> Iterator[str]:
    """Yield the commands that remove a chain. Nothing may lead to it any more."""
    yield f"flush chain {table} {chain}"
    yield f"delete chain {table} {chain}"


def _must_go(want: Mapping[str, str], have: Mapping[str, str]) -> bool:
    """Tell whether a table holds what nft cannot change in place: another type, hook or flag."""
    if any(key.startswith(("foreign/flag/", "foreign/flowtable/")) for key in have):
        return True
    return any(
        key in have and _fixed(have[key]) != _fixed(value)
        for key, value in want.items()
        if key.startswith(("chain/", "map/", "set/"))
    )


def _fixed(definition: str) -> str:
    """Return what cannot be changed of a definition: all but a base chain's policy."""
    return definition.partition("; policy")[0]


def _anew(parts: Mapping[str, str], listed: Listed, documents: Iterable[Document]) -> str:
    """Return a script that makes a table anew and puts back what others own in it, as far as it fits."""
    name = f"{listed.family} {listed.name}"
    known = {key.partition("/")[2] for key in parts if key.startswith(("map/", "set/"))}
    guards = [one for one in documents if one.kind is Kind.GUARD]
    theirs = [line for one in guards for line in guard_lines(name, own_name(one.address), one.parts)]
    limits = [own_limits(one.parts) for one in documents if one.kind is Kind.CONDUIT]
    chains = [line for parts in limits if parts for line in limit_lines(name, parts)]
    kept = sorted(one for one in listed.elements if one.lookup in known and one.owners)
    frames = [one for one in kept if is_frame_set(one.lookup)]
    if listed.family in RELAY_TABLES.values():
        theirs = list(relay_lines(name, relays_of(listed).values()))
    lines = [*theirs, *add_elements(name, frames)] if theirs else [*chains, *add_elements(name, kept)]
    return "\n".join([f"delete table {name}", table_script(parts), *lines]) + "\n"


def _removals(want: Mapping[str, str], have: Mapping[str, str]) -> Iterator[str]:
    table = want["table"]
    extra = [key for key in have if key not in want]
    for prefix in _REMOVALS:
        for key in (key for key in extra if key.startswith(prefix)):
            name = key.removeprefix(prefix)
            if prefix == "foreign/table/":
                yield f"delete table {name}"
            elif prefix.endswith("element/"):
                lookup, _, element = name.partition("/")
                yield f"delete element {table} {lookup} {{ {element} }}"
            elif prefix == "chain/":
                yield from without_chain(table, name)
            else:
                yield f"delete {prefix.rstrip('/')} {table} {name}"
