# SPDX-License-Identifier: Apache-2.0
"""Starts the controller as its seed says."""

from __future__ import annotations

from guests.roles.plc.registers import Registers
from guests.roles.plc.server import Server
from guests.roles.plc.tank import Orders
from guests.roles.wire.dial import listen
from guests.roles.wire.told import ready, told, whole

PORT = 502


def main() -> None:
    """Serve until the guest is stopped."""
    values = told()
    setpoint = whole(values, "SETPOINT", Orders().setpoint, 0, 1000)
    server = Server(Registers(orders=Orders(setpoint=setpoint)), listen(PORT))
    ready(f"plc: tank {values.get('TANK', 'unnamed')}, set-point {setpoint} mm, Modbus TCP on port {PORT}")
    server.run()
