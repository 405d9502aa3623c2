# SPDX-License-Identifier: Apache-2.0
"""Tables and guards: replaced in one transaction each, without touching elements that others own."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from ringfence.base.errors import Refused
from ringfence.compile.document import Document
from ringfence.compile.fabric.guard import guard_elements
from ringfence.compile.nft.script import table_script
from ringfence.compile.part.element import add_elements, delete_elements
from ringfence.compile.scope import Scope
from ringfence.observe.nft_listing import Listed
from ringfence.observe.rules import guard_documents, router_documents
from ringfence.plan.change import Change

from .look import guard_tables, router_tables
from .tool import run

_REMOVALS = ("foreign/table/", "foreign/element/", "element/", "chain/", "map/", "set/", "counter/")
"""Parts that may be too many, in an order in which nft lets them go."""


def load(script: str, namespace: str = "") -> None:
    """Give nft one script, which is one transaction."""
    if script.strip():
        run(["nft", "-f", "-"], script, namespace=namespace)


def ensure_table(scope: Scope, document: Document) -> None:
    """Bring the router's or the guard's table to its document."""
    router = document.address == scope.address("table", "router")
    namespace = scope.namespace if router else ""
    tables = router_tables(scope) if router else guard_tables(scope)
    documents = router_documents(scope, tables) if router else guard_documents(scope, tables)
    standing = documents.get(document.address)
    have: Mapping[str, str] = standing.parts if standing else {}
    listed = tables.get(("inet" if router else "bridge", scope.table))
    if listed and _must_go(document.parts, have):
        load(_anew(document.parts, listed), namespace)
        return
    load("\n".join([table_script(document.parts), *_removals(document.parts, have)]) + "\n", namespace)


def remove_table(scope: Scope, document: Document) -> None:
    """Remove a table."""
    router = document.address == scope.address("table", "router")
    family, tables = ("inet", router_tables(scope)) if router else ("bridge", guard_tables(scope))
    if (family, scope.table) in tables:
        load(f"delete table {family} {scope.table}\n", scope.namespace if router else "")


def ensure_guards(scope: Scope, changes: Sequence[Change]) -> None:
    """Bring workloads' guards to their documents, all in one transaction."""
    table = guard_tables(scope).get(("bridge", scope.table))
    if table is None:
        if all(change.after is None for change in changes):
            return
        raise Refused("The guard's table is not loaded.", "Apply again: it loads the table first.")
    load(_guard_script(table, changes))


def _guard_script(table: Listed, changes: Sequence[Change]) -> str:
    name = f"bridge {table.name}"
    concerned = {change.address.rsplit("/", 1)[-1]: change.after for change in changes}
    have = {one for one in table.elements if one.owners.partition("/")[0] in concerned and one.owners}
    want = {
        one
        for workload, after in concerned.items()
        if after is not None
        for one in guard_elements(workload, after.parts)
    }
    # A key that others hold, or that nobody holds, is taken over: the document says whose it is.
    keys = {(one.lookup, one.key) for one in want - have}
    gone = {(one.lookup, one.key) for one in have - want}
    gone |= {(one.lookup, one.key) for one in table.elements if (one.lookup, one.key) in keys}
    return "\n".join([*delete_elements(name, sorted(gone)), *add_elements(name, sorted(want - have))]) + "\n"


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


def _anew(parts: Mapping[str, str], listed: Listed) -> str:
    """Return a script that makes a table anew and puts back the elements of others that fit."""
    known = {key.partition("/")[2] for key in parts if key.startswith(("map/", "set/"))}
    kept = [one for one in listed.elements if one.lookup in known and one.owners]
    name = f"{listed.family} {listed.name}"
    return "\n".join([f"delete table {name}", table_script(parts), *add_elements(name, sorted(kept))]) + "\n"


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
            else:
                yield f"delete {prefix.rstrip('/')} {table} {name}"
