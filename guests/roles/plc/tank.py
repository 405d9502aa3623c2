# SPDX-License-Identifier: Apache-2.0
"""The physics of a water tank, one second at a time and without chance: the same orders give the same levels.

The tank is 1000 mm high with a floor of 10 m2, so one litre a second moves the level by 0.1 mm a second.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import isqrt

FULL = 10_000
"""The level at the rim, in tenths of a millimetre."""
PUMP_LITRES = 120
"""What the pump brings at full rate, in litres a second."""
VALVE_LITRES = 160
"""What leaves a full tank through the open valve, in litres a second."""


@dataclass(frozen=True, slots=True)
class Orders:
    """What the controller was told. Levels in mm, valve and rate in percent of their range."""

    setpoint: int = 800
    band: int = 50
    valve: int = 40
    rate: int = 100
    high_alarm: int = 950
    low_alarm: int = 100
    automatic: bool = True
    pump: bool = False


@dataclass(frozen=True, slots=True)
class Tank:
    """The tank's state: level in tenths of a millimetre, flows of the last second in litres a second."""

    level: int = 3000
    pumping: bool = False
    inflow: int = 0
    outflow: int = 0
    seconds: int = 0

    @property
    def millimetres(self) -> int:
        """The level in whole millimetres."""
        return self.level // 10


def wants_pump(tank: Tank, orders: Orders) -> bool:
    """Answer whether the pump shall run: by hand, or on below the band under the set-point until it is reached."""
    if not orders.automatic:
        return orders.pump
    if tank.millimetres >= orders.setpoint:
        return False
    return tank.pumping or tank.millimetres <= orders.setpoint - orders.band


def step(tank: Tank, orders: Orders) -> Tank:
    """Answer the tank one second later. What leaves grows with the root of the level (Torricelli)."""
    pumping = wants_pump(tank, orders)
    inflow = PUMP_LITRES * orders.rate // 100 if pumping else 0
    outflow = VALVE_LITRES * orders.valve * isqrt(tank.level) // (100 * isqrt(FULL))
    level = max(0, min(FULL, tank.level + inflow - outflow))
    return replace(
        tank, level=level, pumping=pumping, inflow=inflow, outflow=outflow, seconds=(tank.seconds + 1) & 0xFFFF
    )
