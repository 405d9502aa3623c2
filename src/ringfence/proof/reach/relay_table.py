# SPDX-License-Identifier: Apache-2.0
"""Tables of relays: chains in which conduits own their members, and all share the first and the last rule."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from ringfence.compile.document import Document
from ringfence.compile.part.relay import ENDS, FIRST, LAST, ORDER
from ringfence.proof.flow import Place, Unread
from ringfence.proof.literal import NotKnown
from ringfence.proof.rule import read_rule
from ringfence.proof.ruleset import Rule, Ruleset, read, settle


def relay_table(tables: Iterable[Document], relays: Iterable[Document], version: int) -> Ruleset:
    """Return one version's table with everybody's relays. Without a table nothing is copied."""
    mine = list(tables)
    theirs = [_only(one, f"relay{version}", f"vrrp{version}") for one in relays] if mine else []
    found = read([*mine, *(_without_order(one) for one in theirs)])
    for document in theirs:
        for key, order in document.parts.items():
            kind, _, chain = key.partition("/")
            if kind == "order":
                _fill(found, document, chain, order)
    settle(found)
    return found


def _fill(found: Ruleset, document: Document, chain: str, order: str) -> None:
    """Put a conduit's members between the first and the last rule."""
    rules = found.chains[chain].rules if chain in found.chains else []
    slugs = [FIRST, *_members(document, chain), LAST] if order == ORDER else order.split(", ")
    known = {one.text for one in rules}
    for slug in slugs:
        place = Place(document.address, f"rule/{chain}/{slug}" if slug not in ENDS else f"order/{chain}")
        text = document.parts.get(f"rule/{chain}/{slug}", ENDS.get(slug, ""))
        if text in known or (not text and slug == "members"):
            continue
        try:
            rule = Rule(place, text, read_rule(text))
        except NotKnown as error:
            rule = Rule(place, text, None)
            found.unread.append(Unread(place, text, f"'{error.args[0]}' is not known"))
        rules.insert(len(rules) - 1 if known and slug != LAST else len(rules), rule)


def _members(document: Document, chain: str) -> Iterator[str]:
    prefix = f"rule/{chain}/"
    return (key.removeprefix(prefix) for key in document.parts if key.startswith(prefix))


def _only(document: Document, *words: str) -> Document:
    """Return what of a document belongs to sets and chains with some beginnings."""
    parts = {
        key: value for key, value in document.parts.items() if key.partition("/")[2].partition("/")[0].startswith(words)
    }
    return Document(document.address, document.kind, parts, document.body)


def _without_order(document: Document) -> Document:
    parts = {key: value for key, value in document.parts.items() if not key.startswith(("order/", "rule/"))}
    return Document(document.address, document.kind, parts, document.body)
