# SPDX-License-Identifier: Apache-2.0
"""The controller of a skid: ``python -m examples.line.plc SETPOINT``: the registers of guests/roles/plc on port 502."""

from __future__ import annotations

import sys

from guests.roles.plc.main import PORT
from guests.roles.plc.registers import Registers
from guests.roles.plc.server import Server
from guests.roles.plc.tank import Orders
from guests.roles.wire.dial import listen

if __name__ == "__main__":
    Server(Registers(orders=Orders(setpoint=int(sys.argv[1]))), listen(PORT)).run()
