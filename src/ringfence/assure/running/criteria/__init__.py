# SPDX-License-Identifier: Apache-2.0
"""All criteria, one file per group, in the order of their ids."""

from __future__ import annotations

from typing import Any

from ringfence.assure.running.criterion import Criterion
from ringfence.assure.running.ground import HostGround, MachineGround

from . import kernel, label, limits, machine, process, services, sharing


def _of(*files: object) -> list[Any]:
    found = (made for file in files for made in vars(file).values() if isinstance(made, Criterion))
    return sorted(found, key=lambda made: made.id)


MACHINE: tuple[Criterion[MachineGround], ...] = tuple(_of(label, limits, machine, process))
HOST: tuple[Criterion[HostGround], ...] = tuple(_of(kernel, services, sharing))
