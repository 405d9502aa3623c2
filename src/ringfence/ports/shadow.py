# SPDX-License-Identifier: Apache-2.0
"""A sealed copy of what stands, in which packets are tried; and a few packets at spare addresses of what stands."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple, Protocol

from ringfence.base.addresses import Address
from ringfence.compile.document import Document
from ringfence.compile.scope import Scope

Tell = Callable[[str], None]
"""Takes a sentence about how far it is; must be quick and must not raise."""


@dataclass(frozen=True, slots=True)
class Loaded:
    """One look at what stands. Namespaces are keys; the host's own has an empty name."""

    scope: Scope
    documents: Mapping[Address, Document]
    rules: Mapping[str, str]
    """What ``nft -j list`` prints; of the host's namespace the tables of family bridge."""
    links: Mapping[str, str]
    """What ``ip -j -d address`` prints."""
    beside: tuple[str, ...] = ()
    """Sentences about what handles the fabric's packets besides, and is neither a rule nor a link."""


@dataclass(frozen=True, slots=True)
class Post:
    """Where a trial listens and speaks: a stub's link. ``answers`` are addresses it has neighbours know it by.

    ``zone`` is empty behind an uplink.
    """

    end: str
    link: str
    mac: str
    answers: tuple[str, ...] = ()
    zone: str = ""


@dataclass(frozen=True, slots=True)
class Shot:
    """One frame from one end. ``wanted`` are ends where it should arrive, ``one_of`` those of which one should have it.

    ``answered`` are ends of which one should have its answer.
    """

    number: int
    end: str
    frame: bytes
    wanted: tuple[str, ...] = ()
    one_of: tuple[str, ...] = ()
    answered: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Knock:
    """A TCP connection that the router itself opens, as a user of the system. ``wanted`` is where it should arrive."""

    number: int
    address: str
    port: int
    user: int
    wanted: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Volley:
    """Everything that is tried in one copy. ``nonce`` (7 bytes) is in each frame, before its number."""

    nonce: bytes
    posts: Sequence[Post]
    shots: Sequence[Shot]
    knocks: Sequence[Knock] = ()
    seconds: float = 240.0
    """It ends by then, whatever is still missing."""


class Arrival(NamedTuple):
    """A shot's packet was seen at an end; ``reply``: the answer to it was."""

    number: int
    end: str
    reply: bool


@dataclass(frozen=True, slots=True)
class Fired:
    """What became of the shots. ``unlike`` are sentences: where the copy is not as what stands."""

    arrivals: frozenset[Arrival]
    sent: int
    unlike: tuple[str, ...] = ()
    answered: frozenset[tuple[str, str, str]] = field(default_factory=frozenset)
    """End, address that was told there who is another's neighbour, and that other address."""


@dataclass(frozen=True, slots=True)
class Perch:
    """Where a canary sits for a moment: a port of a live zone's bridge, guarded like any other.

    ``end`` is what its shots name; ``senders`` are all addresses that it speaks with, by which it is known again.
    """

    end: str
    guard: Document
    port: Document
    senders: tuple[str, ...]


class CanaryPort(Protocol):
    """Lets canaries fly on the fabric that carries the plant. Nothing of them is left, however it ends."""

    def fly(self, loaded: Loaded, perches: Sequence[Perch], volley: Volley, pace: float, tell: Tell) -> Fired:
        """Send every shot, ``pace`` a second from each perch; tell where any of them arrived.

        Arrivals are told at ``workload/W/IFACE``, ``uplink/N``, ``wire/N``, ``router`` and ``host``. Raises Refused,
        DeadlinePassed.
        """
        ...


class ShadowPort(CanaryPort, Protocol):
    """Copies a fabric and shoots. Of the copy nothing is left, however it ends."""

    def loaded(self, scope: Scope) -> Loaded:
        """Look at what stands. Raises Refused, DeadlinePassed."""
        ...

    def fire(self, loaded: Loaded, documents: Sequence[Document], volley: Volley, tell: Tell) -> Fired:
        """Build the copy from documents and from the rules as they were listed, and shoot in it.

        Arrivals are told at ends of posts, and at ``router`` (it took the packet itself), ``host`` (a bridge handed
        it to the host) and ``leg/ZONE``. Raises Refused where there is no copy, DeadlinePassed.
        """
        ...
