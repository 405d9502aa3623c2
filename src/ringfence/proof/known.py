# SPDX-License-Identifier: Apache-2.0
"""What attack paths are found from: flows and doors with what declares them, barriers, and what was shown when."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from .flow import Claim, Door, Reach
from .paths import How
from .values import NOTHING, Values


class Holds(StrEnum):
    """Whether a layer around a machine holds, as read from its running process and its host."""

    YES = "yes"
    NO = "no"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Beyond:
    """An asset: where it is and what it sends as. ``uplink`` is an end: ``uplink/plant`` or ``wire/yard``."""

    asset: str
    uplink: str
    ipv4: Values = NOTHING
    ipv6: Values = NOTHING
    macs: Values = NOTHING


@dataclass(frozen=True, slots=True)
class Known:
    """Everything that is known about a plant on one host."""

    reach: Reach
    claims: tuple[Claim, ...]
    """What may pass. What of a flow no claim holds is undeclared."""
    declared: tuple[Door, ...] = ()
    """Doors that the site allows, each with its owner."""
    assets: tuple[Beyond, ...] = ()
    workloads: tuple[str, ...] = ()
    """Every machine, by name, also those without a port: the host runs it."""
    barriers: Mapping[str, Mapping[str, Holds]] = field(default_factory=dict)
    """Layers around a machine, by workload and then by layer: ``seccomp``, ``own user``, ``MAC label``. A workload
    that is not here was not looked at. ``router`` and ``host`` are here as well: what keeps those who may talk to the
    address service, or to the host's own services, from taking them over."""
    shown: Mapping[tuple[str, str, How], str] = field(default_factory=dict)
    """The test or verification, with its time, that last looked at a step: by source, target and how."""
