# SPDX-License-Identifier: Apache-2.0
"""What was observed about a domain of libvirt."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

DomainState = Literal["running", "paused", "crashed", "stopped", "unknown"]


@dataclass(frozen=True, slots=True)
class DomainFact:
    """One domain. ``persistent`` and ``live`` are XML: what is defined, and what runs now; None where there is none."""

    name: str
    state: DomainState
    persistent: str | None
    live: str | None = None
    detail: str = ""
    """Why it is in this state, in libvirt's words."""
