# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

from dataclasses import replace

from guests.roles.plc.tank import FULL, Orders, Tank, step
from hypothesis import given
from hypothesis import strategies as st

ORDERS = st.builds(
    Orders,
    setpoint=st.integers(0, 1000),
    band=st.integers(1, 500),
    valve=st.integers(0, 100),
    rate=st.integers(0, 100),
    automatic=st.booleans(),
    pump=st.booleans(),
)


def run(tank: Tank, orders: Orders, seconds: int) -> Tank:
    for _ in range(seconds):
        tank = step(tank, orders)
    return tank


def test_the_level_rises_to_the_set_point_and_stays_near_it() -> None:
    tank = run(Tank(), Orders(setpoint=800, band=50), 120)
    levels = []
    for _ in range(200):
        tank = step(tank, Orders(setpoint=800, band=50))
        levels.append(tank.millimetres)
    assert 740 <= min(levels) < 760
    assert 795 <= max(levels) < 815


def test_the_pump_obeys_the_hand_when_not_automatic() -> None:
    by_hand = Orders(automatic=False, pump=True, setpoint=0)
    assert step(Tank(), by_hand).pumping
    assert not step(Tank(), replace(by_hand, pump=False, setpoint=1000)).pumping


def test_a_closed_valve_lets_nothing_out() -> None:
    assert run(Tank(), Orders(valve=0, automatic=False), 100).level == Tank().level


@given(ORDERS, st.integers(0, FULL))
def test_the_level_stays_in_the_tank_and_moves_by_the_flows(orders: Orders, level: int) -> None:
    tank = Tank(level=level)
    after = step(tank, orders)
    assert 0 <= after.level <= FULL
    assert after.level in {level + after.inflow - after.outflow, 0, FULL}
    assert after == step(tank, orders)


def test_seconds_are_counted_in_one_register() -> None:
    assert step(Tank(seconds=0xFFFF), Orders()).seconds == 0
