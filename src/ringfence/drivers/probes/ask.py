# SPDX-License-Identifier: Apache-2.0
"""Asks one question over the network. Runs in the unprivileged child; the far side is not trusted."""

from __future__ import annotations

import http.client
import socket
from collections.abc import Callable
from typing import TYPE_CHECKING

from ringfence.site.probe import Probe

if TYPE_CHECKING:
    from pymodbus.client import ModbusTcpClient

Found = tuple[bool, str]
_GOOD_STATUS = range(200, 400)


def prepare(probe: Probe) -> Callable[[Probe, str], Found]:
    """Import what the probe needs, while files may still be opened; return the function that asks."""
    if probe.kind == "modbus":
        import pymodbus.client  # noqa: F401, PLC0415 - a tenth of a second, for this kind only
    return {"tcp": ask_tcp, "http": ask_http, "modbus": ask_modbus}[probe.kind]


def ask_tcp(probe: Probe, address: str) -> Found:
    """Connect and close."""
    with socket.create_connection((address, probe.port), probe.timeout):
        return True, f"TCP port {probe.port} accepts connections."


def ask_http(probe: Probe, address: str) -> Found:
    """GET ``probe.path``; status 2xx and 3xx are a yes (RFC 9110 clause 15)."""
    connection = http.client.HTTPConnection(address, probe.port, timeout=probe.timeout)
    try:
        connection.request("GET", probe.path, headers={"Connection": "close", "User-Agent": "ringfence-probe"})
        status = connection.getresponse().status
    except http.client.HTTPException as odd:
        return False, f"Port {probe.port} does not speak HTTP ({type(odd).__name__})."
    finally:
        connection.close()
    return status in _GOOD_STATUS, f"HTTP {probe.path} on port {probe.port} answers with status {status}."


def ask_modbus(probe: Probe, address: str) -> Found:
    """Read one holding register (function 3, Modbus Application Protocol V1.1b3 clause 6.3)."""
    from pymodbus.client import ModbusTcpClient  # noqa: PLC0415 - see prepare
    from pymodbus.exceptions import ModbusException  # noqa: PLC0415 - see prepare

    client = ModbusTcpClient(address, port=probe.port, timeout=probe.timeout, retries=0)
    try:
        if not client.connect():  # type: ignore[no-untyped-call]  # pymodbus leaves it untyped
            return False, f"Modbus port {probe.port} cannot be reached."
        return _read_register(client, probe)
    except ModbusException as odd:
        return False, f"Port {probe.port} does not answer in Modbus ({type(odd).__name__})."
    finally:
        client.close()  # type: ignore[no-untyped-call]  # pymodbus leaves it untyped


def _read_register(client: ModbusTcpClient, probe: Probe) -> Found:
    answer = client.read_holding_registers(probe.register, count=1, device_id=probe.unit)
    where = f"holding register {probe.register} of unit {probe.unit}"
    if answer.isError():
        return (
            False,
            f"Modbus {where} cannot be read (exception {getattr(answer, 'exception_code', 'unknown')}).",
        )
    if not answer.registers:
        return False, f"Modbus {where} is answered without a value."
    return True, f"Modbus {where} reads {answer.registers[0]}."
