# SPDX-License-Identifier: Apache-2.0
"""The fabric's driver: ArtifactPort for all that stands in the kernel, and dnsmasq; and GrantPort."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from ringfence.base.addresses import Address
from ringfence.base.errors import Refused
from ringfence.compile.document import Document, Kind
from ringfence.compile.fabric.wire import is_wire
from ringfence.compile.part.element import own_elements
from ringfence.compile.part.limit import REASON, limited_conduit
from ringfence.compile.part.opening import DORMANT
from ringfence.compile.scope import Scope
from ringfence.observe.fabric import fabric_documents
from ringfence.observe.rules import Grant, grants, is_grant
from ringfence.plan.change import Change
from ringfence.ports.grants import OpenGrant

from .conduits import elements_of, ensure_conduits, granted_element, granted_key, owner_of, read_elements, settle
from .frames import close_frames, ensure_frames
from .limits import Limits
from .look import guard_tables, look, router_tables
from .relays import ensure_relays
from .server import ensure_dhcp, remove_dhcp
from .space import ensure_link, ensure_namespace, ensure_port, remove_link, remove_namespace, remove_port
from .tables import ensure_guards, ensure_table, remove_table
from .uplinks import ensure_uplink, remove_uplink
from .wires import ensure_wire, remove_wire

_KINDS = frozenset(
    {
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
    }
)


@dataclass(frozen=True, slots=True)
class FabricDriver:
    """Observes and does; decides nothing. Touches only what carries this site's and fabric's names."""

    _shared: set[tuple[str, str]] = field(default_factory=set)

    @property
    def kinds(self) -> frozenset[Kind]:
        """Kinds this driver observes and changes."""
        return _KINDS

    def observe(self, scope: Scope) -> Mapping[Address, Document]:
        """Every artifact of this fabric that stands now."""
        return fabric_documents(scope, look(scope))

    def ensure(self, scope: Scope, changes: Sequence[Change]) -> None:
        """Bring the world to ``after`` of each change. Guards and conduits are one transaction each."""
        kind = changes[0].kind if changes else None
        if kind is Kind.GUARD:
            ensure_guards(scope, changes)
        elif kind is Kind.CONDUIT:
            ensure_conduits(scope, changes, self._shared)
        elif kind is Kind.FRAMES:
            ensure_frames(scope, changes)
        elif kind is Kind.RELAY:
            ensure_relays(scope, changes)
        else:
            for change in changes:
                _ensure_one(scope, change)

    def grant(self, scope: Scope, conduit: Document, seconds: int) -> None:
        """Open a dormant conduit's elements for ``seconds``; the kernel closes them by itself."""
        if conduit.parts.get("state") != DORMANT or seconds < 1:
            raise Refused(
                f"Conduit {owner_of(conduit)} cannot be granted.", "Grant a dormant conduit, for a second or more."
            )
        elements = read_elements(scope)
        if elements is None:
            raise Refused("The fabric is not up.", "Apply the site first.")
        now = _now()
        grant = Grant(owner_of(conduit), now + seconds)
        for one in own_elements(conduit.parts):
            key = granted_key(one)
            held = elements.standing.get(key) if key else None
            elements.put(granted_element(held, one, grant, now))
        settle(scope, elements)

    def granted(self, scope: Scope) -> Sequence[OpenGrant]:
        """Grants that run now, by name."""
        table, now = router_tables(scope).get(("inet", scope.table)), _now()
        left: dict[str, int] = {}
        for one in filter(is_grant, table.elements if table else ()):
            for grant in grants(one):
                seconds = min(grant.until - now, one.timeout or 0)
                if seconds > 0:
                    left[grant.conduit] = max(seconds, left.get(grant.conduit, 0))
        return tuple(OpenGrant(name, seconds) for name, seconds in sorted(left.items()))

    def close(self, scope: Scope, conduit: Document) -> None:
        """Close a conduit at once, grant or standing, and forget its connections."""
        if conduit.kind is Kind.RELAY:
            ensure_relays(scope, [Change(conduit, None)])
            return
        if conduit.kind is Kind.FRAMES:
            close_frames(scope, conduit)
            return
        table = router_tables(scope).get(("inet", scope.table))
        if table is None:
            return
        elements = elements_of(table)
        elements.revoke({owner_of(conduit)})
        if conduit.parts.get("state") == DORMANT:
            settle(scope, elements)
            return
        elements.disown({owner_of(conduit)})
        settle(scope, elements, Limits(table, {owner_of(conduit): {}}))

    def denied(self, scope: Scope) -> dict[str, int]:
        """Packets dropped so far, by reason."""
        tables = {**guard_tables(scope), **router_tables(scope)}
        ours = (tables.get((family, scope.table)) for family in ("bridge", "inet", "arp"))
        counted = (pair for table in ours if table for pair in table.counters.items())
        return {_reason(counter): packets for counter, packets in counted}


def _ensure_one(scope: Scope, change: Change) -> None:
    document, remove = change.document, change.after is None
    match change.kind:
        case Kind.NAMESPACE:
            remove_namespace(scope) if remove else ensure_namespace(scope, document)
        case Kind.LINK:
            remove_link(scope, document) if remove else ensure_link(scope, document)
        case Kind.TABLE:
            remove_table(scope, document) if remove else ensure_table(scope, document)
        case Kind.UPLINK if is_wire(document.parts):
            remove_wire(document) if remove else ensure_wire(scope, document)
        case Kind.UPLINK:
            remove_uplink(scope, document) if remove else ensure_uplink(scope, document)
        case Kind.DHCP:
            remove_dhcp(scope) if remove else ensure_dhcp(scope, document)
        case Kind.PORT:
            remove_port(document) if remove else ensure_port(document)
        case kind:
            raise Refused(f"The fabric does not make artifacts of kind {kind}.", "This is a defect; please report it.")


def _reason(counter: str) -> str:
    """Return why a counter's packets were dropped: its own name, or ``rate/poll`` for that of conduit ``poll``."""
    conduit = limited_conduit(counter)
    return f"{REASON}/{conduit}" if conduit else counter


def _now() -> int:
    """Seconds since boot, sleep included: the clock that grants end by."""
    return int(time.clock_gettime(time.CLOCK_BOOTTIME))
