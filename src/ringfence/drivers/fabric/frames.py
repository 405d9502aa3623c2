# SPDX-License-Identifier: Apache-2.0
"""Layer-2 conduits: elements of the guard's sets, changed in one transaction, only where they differ.

The kernel tracks no connections of theirs, so that closing one needs nothing more.
"""

from __future__ import annotations

from collections.abc import Sequence

from ringfence.base.addresses import own_name
from ringfence.base.errors import Refused
from ringfence.compile.document import Document
from ringfence.compile.part.element import own_elements
from ringfence.compile.part.frame import is_frame_set
from ringfence.compile.scope import Scope
from ringfence.plan.change import Change

from .conduits import Elements
from .look import guard_tables
from .tables import load


def ensure_frames(scope: Scope, changes: Sequence[Change]) -> None:
    """Bring layer-2 conduits to their documents. Raises Refused where the guard's table is not loaded."""
    elements = _read(scope)
    if elements is None:
        if all(change.after is None for change in changes):
            return
        raise Refused("The guard's table is not loaded.", "Apply again: it loads the table first.")
    elements.disown({own_name(change.address) for change in changes})
    for change in changes:
        if change.after is not None:
            elements.own(own_name(change.address), own_elements(change.after.parts))
    load(elements.script())


def close_frames(scope: Scope, document: Document) -> None:
    """Close a layer-2 conduit at once."""
    ensure_frames(scope, [Change(document, None)])


def _read(scope: Scope) -> Elements | None:
    table = guard_tables(scope).get(("bridge", scope.table))
    if table is None:
        return None
    owned = {one[:2]: one for one in table.elements if one.owners and is_frame_set(one.lookup)}
    return Elements(table.name, owned, dict(owned), "bridge")
