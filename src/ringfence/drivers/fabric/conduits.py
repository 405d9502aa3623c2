# SPDX-License-Identifier: Apache-2.0
"""Conduits and grants: elements of the router's maps, changed in one transaction, only where they differ."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from ringfence.base.errors import Refused
from ringfence.compile.document import Document
from ringfence.compile.fabric.conduit import GRANTED
from ringfence.compile.nft.script import COMMENT_BYTES, Element, add_elements, delete_elements, own_elements
from ringfence.compile.scope import Scope
from ringfence.observe.nft_listing import Listed
from ringfence.observe.rules import Grant, grants, is_grant
from ringfence.plan.change import Change

from .connections import cut
from .look import router_tables
from .tables import load, sorted_elements

_Key = tuple[str, str]


@dataclass(slots=True)
class Elements:
    """The elements of the router's maps, as they stand and as they shall be."""

    table: str
    standing: Mapping[_Key, Element]
    wanted: dict[_Key, Element] = field(default_factory=dict)

    def disown(self, owner: str) -> None:
        """Take an owner off all elements of conduits; an element without owners goes."""
        for key, one in list(self.wanted.items()):
            names = one.owners.split()
            if owner in names and not is_grant(one):
                self._keep(key, one, " ".join(name for name in names if name != owner))

    def own(self, owner: str, elements: Iterable[Element]) -> None:
        """Add an owner to elements."""
        for one in elements:
            key = (one.lookup, one.key)
            held = self.wanted.get(key)
            names = {*(held.owners.split() if held else ()), owner}
            self.wanted[key] = replace(one, owners=" ".join(sorted(names)))

    def revoke(self, owner: str, keep: frozenset[_Key] = frozenset()) -> None:
        """End the grants of a conduit, but those of the elements to keep."""
        for key, one in list(self.wanted.items()):
            if is_grant(one) and key not in keep:
                left = [grant for grant in grants(one) if grant.conduit != owner]
                if len(left) != len(grants(one)):
                    self._keep(key, one, _words(left))

    def put(self, element: Element) -> None:
        """Set an element, whatever stood there."""
        self.wanted[element.lookup, element.key] = element

    @property
    def gone(self) -> list[_Key]:
        """Return keys that will not be there any more."""
        return sorted(self.standing.keys() - self.wanted.keys())

    def script(self) -> str:
        """Return the transaction: only what differs."""
        new = [one for key, one in self.wanted.items() if self.standing.get(key) != one]
        old = [(one.lookup, one.key) for one in new if (one.lookup, one.key) in self.standing]
        name = f"inet {self.table}"
        lines = [*delete_elements(name, [*self.gone, *sorted(old)]), *add_elements(name, sorted_elements(new))]
        return "\n".join(lines) + "\n" if lines else ""

    def _keep(self, key: _Key, one: Element, owners: str) -> None:
        if owners:
            self.wanted[key] = replace(one, owners=owners)
        else:
            del self.wanted[key]


def read_elements(scope: Scope) -> Elements | None:
    """Return the elements that conduits, probes and grants hold now; None where there is no table."""
    table = router_tables(scope).get(("inet", scope.table))
    return elements_of(table) if table else None


def elements_of(table: Listed) -> Elements:
    """Return the owned elements of a listed table."""
    owned = {(one.lookup, one.key): one for one in table.elements if one.owners}
    return Elements(table.name, owned, dict(owned))


def ensure_conduits(scope: Scope, changes: Sequence[Change]) -> None:
    """Bring conduits to their documents: one transaction, then what lost its permission loses its connections."""
    elements = read_elements(scope)
    if elements is None:
        if all(change.after is None for change in changes):
            return
        raise Refused("The router's table is not loaded.", "Apply again: it loads the table first.")
    for change in changes:
        owner, after = owner_of(change.document), change.after
        mine = list(own_elements(after.parts)) if after else []
        elements.disown(owner)
        elements.own(owner, mine)
        elements.revoke(owner, frozenset(filter(None, map(granted_key, mine))))
    settle(scope, elements)


def settle(scope: Scope, elements: Elements) -> None:
    """Load what differs and cut the connections that lost their permission."""
    load(elements.script(), scope.namespace)
    cut(scope, elements.gone)


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
