# SPDX-License-Identifier: Apache-2.0
"""Conduits and grants: elements of the router's maps, changed in one transaction, only where they differ."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from typing import Literal

from ringfence.base.errors import DeadlinePassed, Refused
from ringfence.compile.document import Document
from ringfence.compile.part.element import COMMENT_BYTES, Element, add_elements, delete_elements, own_elements
from ringfence.compile.part.opening import DORMANT, GRANTED
from ringfence.compile.scope import Scope
from ringfence.observe.nft_listing import Listed
from ringfence.observe.rules import Grant, grants, is_grant, is_shared
from ringfence.plan.change import Change

from .connections import cut
from .limits import Limits, come_lines, gone_lines
from .look import router_tables
from .tables import load

_Key = tuple[str, str]
_SHARED = re.compile(r'comment "[^" ]* ')


@dataclass(slots=True)
class Elements:
    """The elements that conduits own in a table, as they stand and as they shall be."""

    table: str
    standing: Mapping[_Key, Element]
    wanted: dict[_Key, Element] = field(default_factory=dict)
    family: Literal["inet", "bridge"] = "inet"

    def disown(self, owners: AbstractSet[str]) -> None:
        """Take owners off the elements of conduits; an element without owners goes."""
        for key, one in self.standing.items():
            names = one.owners.split()
            if not owners.isdisjoint(names) and not is_grant(one):
                self._keep(key, one, " ".join(name for name in names if name not in owners))

    def own(self, owner: str, elements: Iterable[Element]) -> None:
        """Add an owner to elements."""
        for one in elements:
            key = one[:2]
            held = self.wanted.get(key)
            names = " ".join(sorted({*held.owners.split(), owner})) if held else owner
            self.wanted[key] = Element(*key, one.value, names)

    def revoke(self, owners: AbstractSet[str], keep: AbstractSet[tuple[str, _Key]] = frozenset()) -> None:
        """End the grants of conduits, but those of the pairs of owner and element to keep."""
        for key, one in self.standing.items():
            if is_grant(one):
                held = grants(one)
                left = [it for it in held if it.conduit not in owners or (it.conduit, key) in keep]
                if len(left) != len(held):
                    self._keep(key, one, _words(left))

    def lead(self, dormant: Iterable[Element]) -> None:
        """Let the grants of dormant elements that run lead where the elements lead now."""
        for one in dormant:
            key = granted_key(one)
            held = self.wanted.get(key) if key else None
            if key and held and held.value != one.value:
                self.wanted[key] = held._replace(value=one.value)

    def put(self, element: Element) -> None:
        """Set an element, whatever stood there."""
        self.wanted[element[:2]] = element

    @property
    def gone(self) -> list[_Key]:
        """Return keys that will not be there any more."""
        return sorted(self.standing.keys() - self.wanted.keys())

    def script(self) -> str:
        """Return the transaction: only what differs."""
        new = [one for key, one in self.wanted.items() if self.standing.get(key) != one]
        old = sorted(one[:2] for one in new if one[:2] in self.standing)
        name = f"{self.family} {self.table}"
        lines = [*delete_elements(name, [*self.gone, *old]), *add_elements(name, sorted(new))]
        return "\n".join(lines) + "\n" if lines else ""

    def _keep(self, key: _Key, one: Element, owners: str) -> None:
        if owners:
            self.wanted[key] = one._replace(owners=owners)
        else:
            del self.wanted[key]


def read_elements(scope: Scope) -> Elements | None:
    """Return the elements that conduits, probes and grants hold now; None where there is no table."""
    table = router_tables(scope).get(("inet", scope.table))
    return elements_of(table) if table else None


def elements_of(table: Listed) -> Elements:
    """Return the owned elements of a listed table."""
    owned = {one[:2]: one for one in table.elements if one.owners}
    return Elements(table.name, owned, dict(owned))


def ensure_conduits(scope: Scope, changes: Sequence[Change], shared: set[_Key]) -> None:
    """Bring conduits to their documents: one transaction, then what lost its permission loses its connections.

    Where nothing is shared and nothing is dormant, what was observed says enough, and the kernel checks that it still
    stands: what goes must be there, what comes must not. Else, and where it is not so, everything is read first.

    ``shared`` remembers the keys that came to have several owners since they were observed: when two workloads swap
    their addresses, the first one's conduit comes before the second one's goes.
    """
    if any(_needs_reading(change, shared) for change in changes) or not _follow(scope, changes):
        _ensure_read(scope, changes, shared)


def _ensure_read(scope: Scope, changes: Sequence[Change], shared: set[_Key]) -> None:
    table = router_tables(scope).get(("inet", scope.table))
    if table is None:
        if all(change.after is None for change in changes):
            return
        raise Refused("The router's table is not loaded.", "Apply again: it loads the table first.")
    elements = elements_of(table)
    after = {owner_of(change.document): change.after for change in changes}
    elements.disown(after.keys())
    kept: set[tuple[str, _Key]] = set()
    for owner, document in after.items():
        mine = list(own_elements(document.parts)) if document else []
        elements.own(owner, mine)
        kept.update((owner, key) for one in mine if (key := granted_key(one)))
    elements.revoke(after.keys(), kept)
    for document in after.values():
        elements.lead(own_elements(document.parts) if document else ())
    limits = Limits(table, {owner: document.parts if document else {} for owner, document in after.items()})
    settle(scope, elements, limits)
    shared |= {key for key, one in elements.wanted.items() if is_shared(one)}


def _needs_reading(change: Change, shared: AbstractSet[_Key]) -> bool:
    documents = [document for document in (change.before, change.after) if document]
    if any(one.parts.get("state") == DORMANT or _SHARED.search(one.body) for one in documents):
        return True
    return bool(shared) and any(one[:2] in shared for one in _owned(change.before))


def _follow(scope: Scope, changes: Sequence[Change]) -> bool:
    """Do what the changes say; False where the world is not as it was before them."""
    old = {one[:2]: one for change in changes for one in _owned(change.before)}
    new = {one[:2]: one for change in changes for one in _owned(change.after)}
    table = f"inet {scope.table}"
    gone = [key for key, one in old.items() if new.get(key) != one]
    come = [one for key, one in new.items() if old.get(key) != one]
    lines = [*delete_elements(table, gone), *add_elements(table, come, "create")]
    try:
        load("\n".join([*come_lines(table, changes), *lines, *gone_lines(table, changes), ""]), scope.namespace)
    except DeadlinePassed:
        raise
    except Refused:
        return False
    cut(scope, [key for key in gone if key not in new])
    return True


def _owned(document: Document | None) -> Iterator[Element]:
    """Yield the elements of a conduit that shares none, with its name on them."""
    if document is not None:
        owner = owner_of(document)
        for one in own_elements(document.parts):
            yield one._replace(owners=owner)


def settle(scope: Scope, elements: Elements, limits: Limits | None = None) -> None:
    """Load what differs, cut the connections that lost their permission, and take away limits that nobody has."""
    load(limits.script() + elements.script() if limits else elements.script(), scope.namespace)
    cut(scope, elements.gone)
    if limits:
        limits.remove(scope.namespace)


def owner_of(document: Document) -> str:
    """Return the name a conduit's elements carry: ``poll`` or ``probe/plc-north``."""
    return document.address.partition("/conduit/")[2]


def granted_key(element: Element) -> _Key | None:
    """Return where a dormant element goes when it is granted; None for an element that is no dormant one."""
    kind = GRANTED.get(element.lookup[:1])
    is_map = element.lookup[1:2].isdecimal()
    return (kind + element.lookup[1:], element.key) if kind and is_map else None


def granted_element(held: Element | None, dormant: Element, grant: Grant, now: int) -> Element:
    """Return the element that lets a grant pass, others' grants of the same conversation included."""
    others = [one for one in (grants(held) if held else ()) if one.conduit != grant.conduit and one.until > now]
    found = [*others, grant]
    key = granted_key(dormant)
    words = _words(found)
    if key is None or len(words) > COMMENT_BYTES:
        raise Refused(
            f"Too many grants of one conversation ({dormant.key}) run at once.",
            "Close one of them: " + ", ".join(one.conduit for one in others) + ".",
        )
    return Element(*key, dormant.value, words, max(one.until for one in found) - now)


def _words(found: Iterable[Grant]) -> str:
    return " ".join(f"{one.conduit}@{one.until}" for one in sorted(found, key=lambda one: one.conduit))
