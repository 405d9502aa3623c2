# SPDX-License-Identifier: Apache-2.0
"""Listed tables of relays become documents: the tables themselves, and what each conduit relays."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping

from ringfence.base.addresses import Address
from ringfence.compile.document import Document, Kind
from ringfence.compile.part.element import Element
from ringfence.compile.part.relay import ENDS, FIRST, LAST, LOOKUPS, ORDER, TABLES, Relay, chain_of
from ringfence.compile.scope import Scope

from .nft_listing import Listed

_MEMBER = re.compile(r"dup to (\S+)$")
_OF_CHAINS = frozenset({"chain", "order", "rule"})


def relay_documents(scope: Scope, tables: Mapping[tuple[str, str], Listed]) -> dict[Address, Document]:
    """Return the tables of relays among those of the router's namespace, and each conduit's relay."""
    found: list[Document] = []
    owned: dict[str, dict[str, str]] = defaultdict(dict)
    for name, family in TABLES.items():
        table = tables.get((family, scope.table))
        if table is not None:
            relays = relays_of(table)
            found.append(Document(scope.address("table", name), Kind.TABLE, _table_parts(table, relays)))
            for one in relays.values():
                for owner in one.names:
                    owned[owner] |= one.parts(owner)
    found += (Document(scope.address("relay", owner), Kind.RELAY, parts) for owner, parts in owned.items())
    return {document.address: document for document in found}


def relays_of(table: Listed) -> dict[str, Relay]:
    """Return the relays of one table by chain: elements with owners that lead where they should."""
    chains = _by_chain(table.parts)
    listed = [one for one in table.elements if one.lookup in LOOKUPS and one.owners]
    return {
        chain: _relay(one, chains.get(chain, {}))
        for one in listed
        if one.value == f"goto {(chain := chain_of(one.lookup, one.key))}"
    }


def _relay(element: Element, parts: Mapping[str, str]) -> Relay:
    found = Relay(element.lookup, element.key, holders=set(element.owners.split()))
    for key, text in parts.items():
        slug = key.rpartition("/")[2]
        member = _MEMBER.search(text)
        if key.startswith("rule/") and member and " " in slug:
            found.rules[member[1]], found.owners[member[1]] = text, set(slug.split()[1:])
        elif key.startswith(("rule/", "foreign/")) and ENDS.get(slug) != text:
            found.strange[key] = text
    found.hook = parts.get(f"chain/{found.chain}", "")
    found.order = _order(parts.get(f"order/{found.chain}", ""), len(found.rules))
    return found


def _order(slugs: str, members: int) -> str:
    """Return how the rules follow each other: in one word where it is as it should be."""
    first, *rest = slugs.split(", ")
    whole = first == FIRST and rest[-1:] == [LAST] and len(rest) == members + 1
    return ORDER if whole else slugs


def _by_chain(parts: Mapping[str, str]) -> dict[str, dict[str, str]]:
    found: dict[str, dict[str, str]] = defaultdict(dict)
    for key, value in parts.items():
        found[_chain(key)][key] = value
    return found


def _table_parts(table: Listed, relays: Mapping[str, Relay]) -> dict[str, str]:
    """Return the table's own parts, and what nobody owns."""
    parts = {key: value for key, value in table.parts.items() if _chain(key) not in relays}
    for one in table.elements:
        if chain_of(one.lookup, one.key) not in relays:
            parts[f"foreign/element/{one.lookup}/{one.key}"] = one.value
    return parts


def _chain(key: str) -> str:
    """Return the chain that a part belongs to; empty for what belongs to none."""
    kind, chain, *_ = [*key.removeprefix("foreign/").split("/", 2), ""]
    return chain if kind in _OF_CHAINS else ""
