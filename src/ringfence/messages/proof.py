# SPDX-License-Identifier: Apache-2.0
"""What can happen by artifacts, against what was declared."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from .standing import RestrictionLine

ProofVerdict = Literal["proven", "wrong", "unproven"]
"""``unproven``: nothing was found wrong, and not everything was understood. It never counts as proven."""
Of = Literal["compiled", "loaded"]


@dataclass(frozen=True, slots=True)
class ProofLine:
    """A part of an artifact. ``line`` counts lines of the artifact's body from 1; 0: it has none that names the part.

    ``text`` is what the part says: a rule, an element.
    """

    artifact: str
    part: str
    line: int
    text: str


@dataclass(frozen=True, slots=True)
class ProofEnds:
    """Two ends: ``workload/scada/eth0``, ``uplink/plant``, ``wire/yard``, ``router``, ``host``, ``leg/field``."""

    source: str
    target: str


@dataclass(frozen=True, slots=True)
class CounterExample:
    """The smallest packet that passes undeclared by one rule; ``more`` are other ends that it leads between."""

    source: str
    target: str
    packet: str
    rule: ProofLine | None
    path: tuple[ProofLine, ...]
    """All rules and elements that let it, in order."""
    more: tuple[ProofEnds, ...]


@dataclass(frozen=True, slots=True)
class UnreachableClaim:
    """The smallest packet that ``owner`` declares and nothing lets through.

    ``rule`` drops it; None where no rule does: there is no way for it.
    """

    owner: str
    source: str
    target: str
    packet: str
    rule: ProofLine | None
    more: tuple[ProofEnds, ...]


@dataclass(frozen=True, slots=True)
class ProofDoor:
    """A way past the network; ``sentence`` says what it is."""

    kind: str
    source: str
    target: str
    what: str
    head: str
    """``UNDECLARED WAY``, ``SETTING``, ``NOBODY COMPILED THIS``, or ``BROKEN``: something declared does not work."""
    sentence: str
    rule: ProofLine | None


@dataclass(frozen=True, slots=True)
class NotUnderstood:
    """Something that nobody here understands. What depends on it is not proven."""

    where: ProofLine
    why: str


@dataclass(frozen=True, slots=True)
class Proof:
    """One proof, of what was ``compiled`` or of what is ``loaded``."""

    of: Of
    verdict: ProofVerdict
    artifacts: int
    flows: int
    claims: int
    took_s: float
    undeclared: tuple[CounterExample, ...] = ()
    unreachable: tuple[UnreachableClaim, ...] = ()
    doors: tuple[ProofDoor, ...] = ()
    missing_doors: tuple[ProofDoor, ...] = ()
    """Declared ones that are not there. Nothing leaks by that, so it is no fault."""
    not_understood: tuple[NotUnderstood, ...] = ()
    not_seen: tuple[str, ...] = ()
    """What could not be looked at, as sentences."""


@dataclass(frozen=True, slots=True)
class ProofReport:
    """Result of ``prove``. ``verdict`` is the worst of its proofs; ``revision`` 0: nothing was ever applied."""

    site: str
    revision: int
    simulated: bool
    verdict: ProofVerdict
    proofs: tuple[Proof, ...]
    restrictions: tuple[RestrictionLine, ...] = ()
    """What stands closed, whatever the site file says: it counts as declared."""


@dataclass(frozen=True, slots=True)
class ProofWay:
    """One packet, one way. ``owners`` are what declares it, ``path`` what lets it through or, at its end, drops it."""

    packet: str
    passes: bool
    owners: tuple[str, ...]
    path: tuple[ProofLine, ...]
    sentences: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ProofReason:
    """Result of ``prove --why``: the packet that opens, its answer, and the same opened from the other side."""

    site: str
    of: Of
    source: str
    target: str
    service: str
    passes: bool
    verdict: ProofVerdict
    """``wrong``: artifacts and declaration differ about it. ``unproven``: something was not understood."""
    opening: ProofWay
    answer: ProofWay
    turned: ProofWay
    hints: tuple[str, ...] = ()
    """What would let it, and what else may be opened between the two."""


@dataclass(frozen=True, slots=True)
class MatrixCell:
    """What ``source`` may open to ``target``. ``owners`` declare it; ``undeclared`` services nothing does."""

    source: str
    target: str
    services: tuple[str, ...] = ()
    owners: tuple[str, ...] = ()
    undeclared: tuple[str, ...] = ()
    doors: tuple[str, ...] = ()
    """Ways past the network, as sentences."""
    strange_doors: tuple[str, ...] = ()
    """Those of them that nothing declares."""


@dataclass(frozen=True, slots=True)
class MatrixEnd:
    """A workload, an asset, an uplink, or the host; ``zone`` is empty for the last two."""

    name: str
    zone: str
    unproven: bool = False
    """Something of its own artifacts was not understood."""


@dataclass(frozen=True, slots=True)
class ProofMatrix:
    """Result of ``prove --matrix``: by zone, and by workload and asset. Cells that are not there are empty."""

    site: str
    of: Of
    verdict: ProofVerdict
    zones: tuple[str, ...]
    """The highest level of the Purdue model first."""
    ends: tuple[MatrixEnd, ...]
    """In the order of their zones."""
    by_zone: tuple[MatrixCell, ...]
    by_end: tuple[MatrixCell, ...]
    unproven: tuple[str, ...] = ()
    """What was not understood or not seen and may concern anybody, as sentences."""
