# SPDX-License-Identifier: Apache-2.0
"""What libvirt says of machines that run, all in one call: libvirt that hangs costs one deadline, not one a machine."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import libvirt

from ringfence.facts.domain import DomainFact

from .connection import Connection
from .survey import named

LIVE_S = 5.0


def live(connection: Connection, names: Sequence[str]) -> Mapping[str, DomainFact]:
    """Return each domain by name; missing ones are left out. Raises DeadlinePassed, Refused."""
    return connection.call(lambda open_: _together(open_, names), "the machines that run", LIVE_S)


def _together(connection: libvirt.virConnect, names: Sequence[str]) -> dict[str, DomainFact]:
    found = (named(connection, name) for name in names)
    return {fact.name: fact for fact in found if fact is not None}
