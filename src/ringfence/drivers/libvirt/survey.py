# SPDX-License-Identifier: Apache-2.0
"""Looks at domains: all at once where libvirt answers, one by one where a hung domain holds the whole list up."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

import libvirt

from ringfence.base.errors import DeadlinePassed
from ringfence.facts.domain import DomainFact, DomainState

from .connection import Connection, is_missing

BULK_S = 5.0
SINGLE_S = 2.0
DEFINITIONS = Path("/etc/libvirt/qemu")
"""Where libvirt keeps definitions: the names are known there when no list can be had."""

_STATES: dict[int, DomainState] = {
    0: "unknown",  # VIR_DOMAIN_NOSTATE
    1: "running",  # VIR_DOMAIN_RUNNING
    2: "running",  # VIR_DOMAIN_BLOCKED
    3: "paused",  # VIR_DOMAIN_PAUSED
    4: "running",  # VIR_DOMAIN_SHUTDOWN: being shut down, still there
    5: "stopped",  # VIR_DOMAIN_SHUTOFF
    6: "crashed",  # VIR_DOMAIN_CRASHED
    7: "paused",  # VIR_DOMAIN_PMSUSPENDED
}
_PAUSED = {1: "by hand", 5: "on an input/output error", 6: "by its watchdog", 9: "while it starts", 10: "after a crash"}
"""virDomainPausedReason, the ones a person can do something about."""


def survey(connection: Connection, prefix: str) -> list[DomainFact]:
    """Return every domain; where the list hangs, every domain defined under a name that begins with ``prefix``."""
    try:
        return connection.call(_all, "its list of domains", BULK_S)
    except DeadlinePassed:
        names = sorted(path.stem for path in DEFINITIONS.glob(f"{prefix}*.xml"))
        return list(look_each(connection, names).values())


def look_each(connection: Connection, names: Iterable[str]) -> dict[str, DomainFact]:
    """Look at each named domain by itself; a silent one is ``unknown``, a missing one left out."""
    wanted = list(names)
    with ThreadPoolExecutor(max_workers=4) as pool:  # libvirt serves five calls of one client at once
        found = list(pool.map(lambda name: _look_or_unknown(connection, name), wanted))
    return {fact.name: fact for fact in found if fact is not None}


def look(connection: Connection, name: str) -> DomainFact | None:
    """Return one domain, None when there is none of that name. Raises DeadlinePassed."""
    return connection.call(lambda open_: named(open_, name), f"domain {name}", SINGLE_S)


def fact_of(domain: libvirt.virDomain) -> DomainFact:
    """Read one domain: four short calls, none of which asks QEMU anything."""
    state, reason = domain.state()[:2]
    active = bool(domain.isActive())
    persistent = domain.XMLDesc(libvirt.VIR_DOMAIN_XML_INACTIVE | libvirt.VIR_DOMAIN_XML_SECURE)
    return DomainFact(
        name=domain.name(),
        state=_STATES.get(state, "unknown"),
        persistent=persistent if domain.isPersistent() else None,
        live=domain.XMLDesc(libvirt.VIR_DOMAIN_XML_SECURE) if active else None,
        detail=_PAUSED.get(reason, "") if _STATES.get(state) == "paused" else "",
    )


def _all(connection: libvirt.virConnect) -> list[DomainFact]:
    found = (_or_gone(partial(fact_of, domain)) for domain in connection.listAllDomains())
    return [fact for fact in found if fact is not None]


def named(connection: libvirt.virConnect, name: str) -> DomainFact | None:
    """Return one domain through an open connection, None when there is none of that name."""
    return _or_gone(lambda: fact_of(connection.lookupByName(name)))


def _or_gone(read: Callable[[], DomainFact]) -> DomainFact | None:
    """Read a domain; one that was listed may have gone since."""
    try:
        return read()
    except libvirt.libvirtError as error:
        if is_missing(error):
            return None
        raise


def _look_or_unknown(connection: Connection, name: str) -> DomainFact | None:
    try:
        return look(connection, name)
    except DeadlinePassed:
        return DomainFact(name, "unknown", _definition(name), detail="libvirt does not answer about it")


def _definition(name: str) -> str | None:
    """Return the definition from libvirt's own file: it is told even when the domain hangs."""
    try:
        return (DEFINITIONS / f"{name}.xml").read_text(encoding="utf-8")
    except OSError:
        return None
