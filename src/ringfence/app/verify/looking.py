# SPDX-License-Identifier: Apache-2.0
"""Looks at what is loaded; a tool that hangs hides its own kinds only."""

from __future__ import annotations

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial

from ringfence.app.session import Session
from ringfence.base.addresses import Address
from ringfence.base.errors import RingfenceError
from ringfence.compile.document import Document, Kind
from ringfence.compile.scope import Scope
from ringfence.ports.artifacts import ArtifactPort
from ringfence.ports.grants import OpenGrant

from .deadline import within
from .ground import Loaded

LOOK_S = 90.0
"""For one tool: libvirt lists 500 domains in a few seconds, and its own calls have deadlines of their own."""


@dataclass(frozen=True, slots=True)
class _Seen:
    documents: Mapping[Address, Document]
    blind: Mapping[Kind, str]


def look(session: Session, scope: Scope) -> Loaded:
    """Return everything that stands now, and what could not be looked at."""
    at, ports = session.plant.clock.now(), session.plant.artifacts
    with ThreadPoolExecutor(max_workers=len(ports) + 1) as pool:
        grants = pool.submit(_grants, session, scope)
        seen = tuple(pool.map(partial(_seen, session, scope), ports))
        granted, why = grants.result()
    documents = {address: document for one in seen for address, document in one.documents.items()}
    blind = {kind: why for one in seen for kind, why in one.blind.items()}
    return Loaded(documents, {**blind, **({Kind.CONDUIT: why} if why else {})}, granted, at)


def _seen(session: Session, scope: Scope, port: ArtifactPort) -> _Seen:
    try:
        return _Seen(within(LOOK_S, _what(port), lambda _: port.observe(scope), session.cancel), {})
    except RingfenceError as error:
        return _Seen({}, dict.fromkeys(port.kinds, f"{error.problem} {error.next_step}".strip()))


def _grants(session: Session, scope: Scope) -> tuple[tuple[OpenGrant, ...], str]:
    try:
        found = within(LOOK_S, "look at grants", lambda _: session.plant.grants.granted(scope), session.cancel)
    except RingfenceError as error:
        return (), error.problem
    return tuple(found), ""


def _what(port: ArtifactPort) -> str:
    return f"look at {', '.join(sorted(map(str, port.kinds)))}"
