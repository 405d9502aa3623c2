# SPDX-License-Identifier: Apache-2.0
"""One trial: a packet from one end, what it is in the fields of the proof, and where it may and has to arrive."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

Point = Mapping[str, int]
"""A packet as values of fields (proof/field.py); a field that it has not is not there."""


@dataclass(frozen=True, slots=True)
class Sample:
    """A packet before it is known who may have it. ``number`` stands in its payload.

    ``what`` says what it is, such as ``TCP to 10.1.1.11 port 502``. ``back`` is its answer, None where there is none.
    ``header`` is what follows the IP header. A frame of no bytes is a connection that the router opens (``knock``).
    """

    number: int
    source: str
    what: str
    frame: bytes
    point: Point
    back: Point | None = None
    header: bytes = b""
    knock: tuple[str, int, int] | None = None
    """Address, port and user."""
    also: tuple[Point, ...] = ()
    """What it becomes on its way to some: a broadcast is addressed anew in each subnet."""
    asks: tuple[str, str] | None = None
    """Who asks for whose MAC, over an uplink: address and address."""


@dataclass(frozen=True, slots=True)
class Trial:
    """A sample with what is expected. ``may`` has who is allowed to have it and by whose leave, ``must`` who has to.

    Of ``one_of`` one has to: they share an address. ``back`` has who may have its answer, and by whose leave; where
    ``back_must``, one of them has to.
    """

    sample: Sample
    may: Mapping[str, str] = field(default_factory=dict)
    must: frozenset[str] = frozenset()
    one_of: frozenset[str] = frozenset()
    back: Mapping[str, str] = field(default_factory=dict)
    back_must: bool = False
