# SPDX-License-Identifier: Apache-2.0
"""Starts, stops and restarts domains: from wherever they are to running from the wanted definition, or to stopped."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable
from dataclasses import dataclass

import libvirt

from ringfence.base.errors import DeadlinePassed, Refused
from ringfence.compile.document import Document
from ringfence.compile.scope import Scope
from ringfence.facts.domain import DomainFact
from ringfence.observe.domains import UNKNOWN, label_in, run_parts

from .connection import Connection, is_missing
from .definitions import domain_name
from .survey import look

START_S = 90.0
DESTROY_S = 30.0
ASK_S = 10.0
ASK_AGAIN_S = 3.0
"""A guest that is still booting does not hear the button, so it is pressed again."""
STEP_S = 0.1


@dataclass(frozen=True, slots=True)
class Patience:
    """How long a guest may take to shut down by itself, in seconds, before its power is cut."""

    shutdown_s: float = 60.0


def start(connection: Connection, scope: Scope, document: Document, patience: Patience) -> None:
    """Bring the machine to running from the wanted definition; one that does already is left alone."""
    name = domain_name(scope, document)
    fact = _ours(connection, scope, name)
    if fact is not None and fact.state in {"running", "paused"} and _runs_as(fact, document):
        _resume(connection, name, fact)
        return
    _defined(fact, name, document.parts["definition"])
    if fact is not None and fact.state != "stopped":
        _stop(connection, name, fact, patience)
    connection.call(lambda open_: open_.lookupByName(name).create(), f"the start of {name}", START_S)


def stop(connection: Connection, scope: Scope, document: Document, patience: Patience) -> None:
    """Bring the machine to stopped: asked first, then its power is cut. One that is not there is fine."""
    name = domain_name(scope, document)
    fact = _ours(connection, scope, name)
    if fact is not None and fact.state != "stopped":
        _stop(connection, name, fact, patience)


def _ours(connection: Connection, scope: Scope, name: str) -> DomainFact | None:
    fact = look(connection, name)
    label = label_in(fact) if fact is not None else None
    if fact is not None and (label is None or not label.belongs_to(scope)):
        raise Refused(f"A domain named {name} exists and is not this site's.", "Rename it with 'virsh domrename'.")
    return fact


def _runs_as(fact: DomainFact, document: Document) -> bool:
    """Tell whether what runs is what was planned, whatever its state."""
    return {**run_parts(fact), "state": ""} == {**document.parts, "state": ""}


def _defined(fact: DomainFact | None, name: str, wanted: str) -> None:
    """Refuse to start anything but the definition that the plan was made for."""
    label = label_in(fact) if fact is not None and fact.persistent is not None else None
    if label is None or wanted not in {label.definition, UNKNOWN}:
        raise Refused(f"The definition of {name} is not the planned one.", "Plan again and apply that.")


def _resume(connection: Connection, name: str, fact: DomainFact) -> None:
    if fact.state == "running":
        return
    connection.call(lambda open_: open_.lookupByName(name).resume(), f"going on with {name}", ASK_S)
    after = look(connection, name)
    if after is not None and after.state == "paused":
        raise Refused(
            f"{name} stays paused {after.detail}.".replace(" .", "."), "Look at its disk's free space, then restart it."
        )


def _stop(connection: Connection, name: str, fact: DomainFact, patience: Patience) -> None:
    """Stop it. A paused or crashed machine cannot hear the button: its power is cut at once."""
    if fact.state == "running" and _asked(connection, name, patience.shutdown_s):
        return
    connection.call(lambda open_: _quietly(open_, name, _destroy), f"cutting the power of {name}", DESTROY_S)


def _asked(connection: Connection, name: str, seconds: float) -> bool:
    """Press the power button until the machine is off; False when it is not after ``seconds``."""
    until = time.monotonic() + seconds
    again = 0.0
    while (now := time.monotonic()) < until:
        if now >= again:
            with contextlib.suppress(DeadlinePassed):  # a machine that does not take the call is still watched
                connection.call(lambda open_: _quietly(open_, name, _press), f"the shutdown of {name}", ASK_S)
            again = now + ASK_AGAIN_S
        if not connection.call(lambda open_: _quietly(open_, name, _active), f"the state of {name}", ASK_S):
            return True
        time.sleep(STEP_S)
    return False


def _quietly(connection: libvirt.virConnect, name: str, work: Callable[[libvirt.virDomain], bool]) -> bool:
    """Do something to a domain that may be gone or stopped by now; False then."""
    try:
        return work(connection.lookupByName(name))
    except libvirt.libvirtError as error:
        if is_missing(error) or error.get_error_code() == libvirt.VIR_ERR_OPERATION_INVALID:
            return False
        raise


def _press(domain: libvirt.virDomain) -> bool:
    """Ask through the agent where it answers, by ACPI else (virDomainShutdown does both in this order)."""
    domain.shutdown()
    return True


def _active(domain: libvirt.virDomain) -> bool:
    return bool(domain.isActive())


def _destroy(domain: libvirt.virDomain) -> bool:
    domain.destroy()
    return True
