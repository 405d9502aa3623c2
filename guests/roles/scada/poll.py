# SPDX-License-Identifier: Apache-2.0
"""Polls one controller once a second and hands on what it says; a controller that is away is asked again and again."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

from guests.roles.scada.readings import Readings
from guests.roles.wire.client import READ_HOLDING, READ_INPUT, Client, DeviceError
from guests.roles.wire.dial import explain
from guests.roles.wire.told import say

INTERVAL = 1.0
PROCESS = ("level", "inflow", "outflow", "pump", "valve", "alarms")
"""Input registers 0 to 5 of the plc role."""
SETPOINT = 10
"""Holding register of the plc role."""


@dataclass(frozen=True, slots=True)
class Target:
    """A controller: its name in the plant and where it answers."""

    name: str
    host: str
    port: int


def ask(client: Client) -> dict[str, int]:
    """Answer the controller's values by name. Raises OSError, DeviceError."""
    words = client.read_words(READ_INPUT, 0, len(PROCESS))
    return {**dict(zip(PROCESS, words, strict=True)), "setpoint": client.read_words(READ_HOLDING, SETPOINT)[0]}


def poll(target: Target, readings: Readings, hand_on: Callable[[str, dict[str, int]], None]) -> None:
    """Poll for ever."""
    while True:
        try:
            with Client(target.host, target.port) as client:
                say(f"scada: {target.name} answers at {target.host} port {target.port}")
                while True:
                    values = ask(client)
                    readings.answered(target.name, values, time.monotonic())
                    hand_on(target.name, values)
                    time.sleep(INTERVAL)
        except (OSError, DeviceError) as error:
            sentence = explain(error, target.host, target.port) if isinstance(error, OSError) else str(error)
            if readings.failed(target.name, sentence):
                say(f"scada: {target.name}: {sentence}")
        time.sleep(INTERVAL)
