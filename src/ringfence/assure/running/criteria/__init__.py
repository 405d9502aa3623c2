# SPDX-License-Identifier: Apache-2.0
"""All criteria, one file per group, in the order of their ids."""

from __future__ import annotations

from ringfence.assure.running.criterion import Criterion
from ringfence.assure.running.ground import HostGround, MachineGround

MACHINE: tuple[Criterion[MachineGround], ...] = ()
HOST: tuple[Criterion[HostGround], ...] = ()
