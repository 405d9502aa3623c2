# SPDX-License-Identifier: Apache-2.0
"""A plan: the difference between compiled and observed parts as ordered steps."""

from __future__ import annotations

from dataclasses import dataclass

from ringfence.base.addresses import Address

from .step import Step


@dataclass(frozen=True, slots=True, order=True)
class FlowChange:
    """A conversation that opens or closes: ``workload/scada -> workload/plc tcp 502`` by a conduit."""

    conduit: Address
    source: str
    target: str
    service: str
    opens: bool


@dataclass(frozen=True, slots=True)
class Plan:
    """Steps in an order that may be followed one by one; independent ones may run side by side."""

    site: str
    generation: int
    """Revision the plan was made against; 0 when nothing was ever applied."""
    site_digest: str
    """SHA-256 of the site file's bytes."""
    world_digest: str
    """SHA-256 over the digests of all observed documents: when it differs at apply, the world moved."""
    steps: tuple[Step, ...]
    flows: tuple[FlowChange, ...] = ()
    kept: tuple[str, ...] = ()
    """Sentences on what is left standing: volumes with data that nobody agreed to destroy."""

    @property
    def empty(self) -> bool:
        """True when there is nothing to do."""
        return not self.steps
