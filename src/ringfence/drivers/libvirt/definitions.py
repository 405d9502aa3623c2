# SPDX-License-Identifier: Apache-2.0
"""Defines and undefines domains; a domain that is not ours is never touched."""

from __future__ import annotations

import contextlib
from pathlib import Path

import libvirt

from ringfence.base.errors import Refused
from ringfence.base.names import is_name
from ringfence.compile.document import Document
from ringfence.compile.part.flatten import parse
from ringfence.compile.places import Places
from ringfence.compile.scope import Scope
from ringfence.facts.domain import DomainFact
from ringfence.observe.domains import label_in

from .connection import Connection
from .survey import look

DEFINE_S = 20.0


def define(connection: Connection, scope: Scope, document: Document) -> None:
    """Define the document's domain, checked against libvirt's schema; again is harmless.

    Raises Refused when a domain of that name belongs to somebody else.
    """
    name = domain_name(scope, document)
    fact, uuid = look(connection, name), _uuid(document.body)
    _own(scope, fact, uuid)
    if fact is not None and fact.persistent is not None and _uuid(fact.persistent) != uuid:
        _renew(connection, fact)
    connection.call(lambda open_: _define(open_, document.body), f"the definition of {name}", DEFINE_S)


def _renew(connection: Connection, fact: DomainFact) -> None:
    """Take a definition with another UUID away: libvirt keeps one name for one UUID. The variable store stays."""
    if fact.live is not None:
        raise Refused(
            f"{fact.name} runs under another UUID, which cannot change while it runs.",
            "Stop it with 'ringfence stop', then apply again.",
        )
    connection.call(lambda open_: _undefine(open_, fact.name, keep=True), f"the renewal of {fact.name}", DEFINE_S)


def undefine(connection: Connection, scope: Scope, document: Document) -> None:
    """Take the definition and the variable store away; a machine that still runs goes on without a definition."""
    name = domain_name(scope, document)
    fact = look(connection, name)
    if fact is not None:
        _own(scope, fact, _uuid(document.body) if document.body else "")
    if fact is not None and fact.persistent is not None:
        connection.call(lambda open_: _undefine(open_, name, keep=False), f"the end of {name}", DEFINE_S)
    _drop_logs(scope, document)


def domain_name(scope: Scope, document: Document) -> str:
    """Return the domain's name from the document's address. Raises Refused for a name that libvirt must never see.

    libvirt 9.0 deletes other domains' folders for a domain named '.' or '..'.
    """
    workload = document.address.rsplit("/", 1)[-1]
    if not is_name(workload) or not is_name(scope.site) or not is_name(scope.fabric):
        raise Refused(f"{document.address} names no workload.", "Plan again with this version of Ringfence.")
    name = scope.domain(workload)
    if document.body and parse(document.body).findtext("name") != name:
        raise Refused(f"The definition of {document.address} carries another name.", "Plan again and apply that.")
    return name


def _uuid(body: str) -> str:
    return (parse(body).findtext("uuid") or "").lower()


def _own(scope: Scope, fact: DomainFact | None, uuid: str) -> None:
    """Refuse a domain that carries neither this site's label nor the bound UUID (a hand may have removed the label)."""
    if fact is None:
        return
    label = label_in(fact)
    if label is not None and label.belongs_to(scope):
        return
    known = {_uuid(xml) for xml in (fact.persistent, fact.live) if xml}
    if label is None and uuid and uuid in known:
        return
    raise Refused(
        f"A domain named {fact.name} exists already and is not this site's.",
        "Rename it with 'virsh domrename', or give the workload or the site another name.",
    )


def _define(connection: libvirt.virConnect, body: str) -> None:
    connection.defineXMLFlags(body, libvirt.VIR_DOMAIN_DEFINE_VALIDATE)


def _undefine(connection: libvirt.virConnect, name: str, *, keep: bool) -> None:
    store = libvirt.VIR_DOMAIN_UNDEFINE_KEEP_NVRAM if keep else libvirt.VIR_DOMAIN_UNDEFINE_NVRAM
    connection.lookupByName(name).undefineFlags(
        store
        | libvirt.VIR_DOMAIN_UNDEFINE_MANAGED_SAVE
        | libvirt.VIR_DOMAIN_UNDEFINE_SNAPSHOTS_METADATA
        | libvirt.VIR_DOMAIN_UNDEFINE_CHECKPOINTS_METADATA
    )


def _drop_logs(scope: Scope, document: Document) -> None:
    """Remove the console's log and its rotated ones (virtlogd appends .0, .1 ...)."""
    log = Path(Places("", scope).console_log(document.address.rsplit("/", 1)[-1]))
    for found in (log, *log.parent.glob(f"{log.name}.[0-9]")):
        with contextlib.suppress(OSError):
            found.unlink()
