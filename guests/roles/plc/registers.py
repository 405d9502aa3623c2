# SPDX-License-Identifier: Apache-2.0
"""The controller's memory as Modbus sees it: guests/README.md lists every address. Addresses count from 0."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import TypeVar

from guests.roles.plc.tank import Orders, Tank, step

Value = TypeVar("Value", int, bool)

PROCESS = 10
"""Holding and input registers 0 to 9 show the process; as holding registers they cannot be written."""
ORDER_WORDS = {
    10: ("setpoint", 0, 1000),
    11: ("band", 1, 500),
    12: ("valve", 0, 100),
    13: ("rate", 0, 100),
    14: ("high_alarm", 0, 1000),
    15: ("low_alarm", 0, 1000),
}
"""Writable holding registers with the order each stands for and its limits."""
SCRATCH = range(20, 30)
"""Holding registers that keep whatever is written and do nothing."""
ORDER_BITS = {0: "automatic", 1: "pump"}
"""Writable coils with the order each stands for."""
HOLDING, INPUT, COILS, DISCRETE = 30, PROCESS, 2, 4
"""How many of each there are."""


class AddressError(LookupError):
    """There is no such address, or it cannot be written (exception 2)."""


class ValueRefusedError(ValueError):
    """The value is outside the address's limits (exception 3)."""


@dataclass(slots=True)
class Registers:
    """The tank and its orders behind four tables."""

    tank: Tank = field(default_factory=Tank)
    orders: Orders = field(default_factory=Orders)
    scratch: dict[int, int] = field(default_factory=dict)

    def tick(self) -> None:
        """Let one second pass."""
        self.tank = step(self.tank, self.orders)

    def process(self) -> list[int]:
        """Answer the ten process words."""
        tank = self.tank
        alarms = self.high | self.low << 1
        return [
            tank.millimetres,
            tank.inflow,
            tank.outflow,
            int(tank.pumping),
            self.orders.valve,
            alarms,
            tank.seconds,
            0,
            0,
            0,
        ]

    @property
    def high(self) -> bool:
        """Whether the level is at or above the high alarm."""
        return self.tank.millimetres >= self.orders.high_alarm

    @property
    def low(self) -> bool:
        """Whether the level is at or below the low alarm."""
        return self.tank.millimetres <= self.orders.low_alarm

    def input_words(self, address: int, count: int) -> list[int]:
        """Answer input registers. Raises AddressError."""
        return _cut(self.process(), address, count)

    def holding_words(self, address: int, count: int) -> list[int]:
        """Answer holding registers. Raises AddressError."""
        words = self.process() + [0] * (HOLDING - PROCESS)
        for place, (name, _, _) in ORDER_WORDS.items():
            words[place] = getattr(self.orders, name)
        for place, value in self.scratch.items():
            words[place] = value
        return _cut(words, address, count)

    def coils(self, address: int, count: int) -> list[bool]:
        """Answer coils. Raises AddressError."""
        return _cut([self.orders.automatic, self.orders.pump], address, count)

    def discrete(self, address: int, count: int) -> list[bool]:
        """Answer discrete inputs. Raises AddressError."""
        return _cut([self.tank.pumping, self.high, self.low, self.orders.automatic], address, count)

    def write_words(self, address: int, values: Sequence[int]) -> None:
        """Write holding registers, all or none. Raises AddressError, ValueRefusedError."""
        orders: dict[str, int] = {}
        scratch: dict[int, int] = {}
        for place, value in enumerate(values, address):
            if place in SCRATCH:
                scratch[place] = value
                continue
            if place not in ORDER_WORDS:
                raise AddressError(place)
            name, least, most = ORDER_WORDS[place]
            if not least <= value <= most:
                raise ValueRefusedError(value)
            orders[name] = value
        self.orders = replace(self.orders, **orders)  # type: ignore[arg-type] # only names of whole numbers
        self.scratch.update(scratch)

    def write_coils(self, address: int, values: Sequence[bool]) -> None:
        """Write coils, all or none. Raises AddressError."""
        places = range(address, address + len(values))
        if any(place not in ORDER_BITS for place in places):
            raise AddressError(address)
        orders = {ORDER_BITS[place]: value for place, value in zip(places, values, strict=True)}
        self.orders = replace(self.orders, **orders)


def _cut(table: list[Value], address: int, count: int) -> list[Value]:
    if address + count > len(table):
        raise AddressError(address)
    return table[address : address + count]
