# SPDX-License-Identifier: Apache-2.0
"""A probe: a protocol-level question that tells whether a workload does its job."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class Probe:
    """Asked from the router namespace through the implicit conduit ``probe/<workload>``. Times in seconds."""

    kind: Literal["tcp", "http", "modbus"]
    port: int
    path: str = "/"
    """http only."""
    unit: int = 1
    register: int = 0
    """modbus only: holding register that must be readable."""
    timeout: int = 5
    within: int = 120
    """How long the workload may take to answer after its start."""
    interface: str | None = None
