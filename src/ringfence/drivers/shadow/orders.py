# SPDX-License-Identifier: Apache-2.0
"""What the sealed process is told and tells, as lines of JSON."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from ringfence.compile.document import Document, Kind
from ringfence.compile.scope import Endpoints, Scope
from ringfence.ports.shadow import Arrival, Fired, Knock, Loaded, Perch, Post, Shot, Volley

_LISTENED = frozenset({Kind.PORT, Kind.UPLINK, Kind.LINK})


@dataclass(frozen=True, slots=True)
class Order:
    """Everything that the sealed process needs. ``settings`` are the host's own, by path."""

    scope: Scope
    documents: Sequence[Document]
    rules: Mapping[str, str]
    settings: Mapping[str, str]
    volley: Volley


def dump_flight(loaded: Loaded, perches: Sequence[Perch], volley: Volley, pace: float) -> str:
    """Return the order for a flight as one line."""
    documents = [one for one in loaded.documents.values() if one.kind in _LISTENED]
    found = {
        "scope": asdict(loaded.scope),
        "documents": list(map(_plain, documents)),
        "perches": [[one.end, _plain(one.guard), _plain(one.port), one.senders] for one in perches],
        "nonce": volley.nonce.hex(),
        "seconds": volley.seconds,
        "shots": [[one.number, one.end, one.frame.hex()] for one in volley.shots],
        "pace": pace,
    }
    return json.dumps(found, separators=(",", ":"))


def load_flight(text: str) -> tuple[Scope, list[Document], list[Perch], Volley, float]:
    """Read what ``dump_flight`` wrote."""
    found = json.loads(text)
    perches = [
        Perch(end, _document(guard), _document(port), tuple(senders)) for end, guard, port, senders in found["perches"]
    ]
    shots = [Shot(number, end, bytes.fromhex(frame)) for number, end, frame in found["shots"]]
    volley = Volley(bytes.fromhex(found["nonce"]), (), shots, (), found["seconds"])
    return _scope(found["scope"]), list(map(_document, found["documents"])), perches, volley, found["pace"]


def _plain(document: Document) -> list[Any]:
    return [document.address, document.kind, dict(document.parts)]


def _document(found: Sequence[Any]) -> Document:
    address, kind, parts = found
    return Document(address, Kind(kind), parts)


def _scope(found: Mapping[str, Any]) -> Scope:
    return Scope(**{**found, "endpoints": Endpoints(found["endpoints"])})


def dump_order(order: Order) -> str:
    """Return an order as one line."""
    volley = order.volley
    found = {
        "scope": asdict(order.scope),
        "documents": list(map(_plain, order.documents)),
        "rules": dict(order.rules),
        "settings": dict(order.settings),
        "nonce": volley.nonce.hex(),
        "seconds": volley.seconds,
        "posts": [asdict(one) for one in volley.posts],
        "shots": [[one.number, one.end, one.frame.hex(), one.wanted, one.one_of, one.answered] for one in volley.shots],
        "knocks": [asdict(one) for one in volley.knocks],
    }
    return json.dumps(found, separators=(",", ":"))


def load_order(text: str) -> Order:
    """Read what ``dump_order`` wrote."""
    found = json.loads(text)
    documents = list(map(_document, found["documents"]))
    volley = Volley(
        bytes.fromhex(found["nonce"]),
        [Post(**{**one, "answers": tuple(one["answers"])}) for one in found["posts"]],
        [Shot(number, end, bytes.fromhex(frame), *map(tuple, ends)) for number, end, frame, *ends in found["shots"]],
        [Knock(**{**one, "wanted": tuple(one["wanted"])}) for one in found["knocks"]],
        found["seconds"],
    )
    return Order(_scope(found["scope"]), documents, found["rules"], found["settings"], volley)


def dump_fired(fired: Fired, unlike: Iterable[str]) -> str:
    """Return what happened as one line."""
    arrivals = sorted(fired.arrivals)
    answered = sorted(fired.answered)
    return json.dumps(
        {"fired": {"arrivals": arrivals, "sent": fired.sent, "answered": answered, "unlike": list(unlike)}}
    )


def load_fired(found: Mapping[str, Any]) -> Fired:
    """Read what ``dump_fired`` wrote, from the JSON's ``fired``."""
    arrivals = frozenset(Arrival(number, end, back) for number, end, back in found["arrivals"])
    answered = frozenset((end, asker, asked) for end, asker, asked in found["answered"])
    return Fired(arrivals, found["sent"], tuple(found["unlike"]), answered)
