# SPDX-License-Identifier: Apache-2.0
"""A device on the allow-list, as it is written: ``guest-agent``, or ``usb: {vendor: "0529", product: "0001"}``."""

from __future__ import annotations

from typing import Annotated, Self

from pydantic import BeforeValidator, Field, model_validator

from ringfence.site.codes import Code

from .described import called
from .form import EmptyAllowed, Form, Spelled
from .path import AbsolutePath
from .refusal import refuse, show
from .text import Line, matching

_HEX4 = "[0-9a-fA-F]{4}"
_PCI = r"[0-9a-f]{4}:[0-9a-f]{2}:[01][0-9a-f]\.[0-7]"
_USB_PORT = r"\d{1,3}-\d{1,2}(\.\d{1,2}){0,6}"
_USB_LIMIT = 0xFFFF


def _four_digits(value: object) -> object:
    """``0x0529`` is a number in YAML; lsusb prints ``0529``, which would be 529."""
    if isinstance(value, int) and not isinstance(value, bool):
        fix = "Write the four hexadecimal digits that 'lsusb' prints in quotes, such as '0529'."
        raise refuse(Code.TYPE, f"{show(value)} is a number here.", fix)
    return value.removeprefix("0x") if isinstance(value, str) else value


UsbId = Annotated[
    str,
    BeforeValidator(_four_digits),
    matching(_HEX4, Code.IDENTITY, "the four hexadecimal digits that 'lsusb' prints, in quotes"),
    called("four hexadecimal digits in quotes", f"(0x)?{_HEX4}"),
]
PciAddress = Annotated[
    str,
    matching(_PCI, Code.ADDRESS, "the address that 'lspci -D' prints, such as '0000:03:00.0'"),
    called("PCI address", _PCI),
]
UsbPort = Annotated[
    str,
    matching(_USB_PORT, Code.ADDRESS, "bus and port, such as '1-4.2'"),
    called("USB bus and port", _USB_PORT),
]


class Plain(Form):
    """A device without options."""


class UsbDevice(Form):
    """A USB device of the host, such as a licence dongle."""

    vendor: UsbId = Field(description="Vendor id, four hexadecimal digits.", examples=["0529"])
    product: UsbId = Field(description="Product id, four hexadecimal digits.", examples=["0001"])
    serial: Line | None = Field(None, description="Serial number, where several are alike.")
    port: UsbPort | None = Field(None, description="Bus and port, where several are alike.")


class PciDevice(Form):
    """A PCI device of the host."""

    address: PciAddress = Field(description="Address, as 'lspci -D' prints it.", examples=["0000:03:00.0"])


class SerialDevice(Form):
    """A serial line of the host."""

    path: AbsolutePath = Field(description="Its device file.", examples=["/dev/ttyS0"])


def _spell(value: object) -> object:
    return {value: {}} if isinstance(value, str) else value


PLAIN = ("guest-agent", "rng", "watchdog")
_Switch = Annotated[Plain | None, EmptyAllowed]


class DeviceForm(Form):
    """A device that the workload gets. Exactly one key."""

    guest_agent: _Switch = Field(None, alias="guest-agent", description="Channel of the QEMU guest agent.")
    rng: _Switch = Field(None, description="Random numbers of the host.")
    watchdog: _Switch = Field(None, description="Resets the workload when its watchdog is not fed.")
    usb: UsbDevice | None = Field(None, description="USB device of the host.")
    pci: PciDevice | None = Field(None, description="PCI device of the host.")
    serial: SerialDevice | None = Field(None, description="Serial line of the host.")

    @model_validator(mode="after")
    def _one(self) -> Self:
        self.one_of("guest_agent", "rng", "watchdog", "usb", "pci", "serial")
        return self


DeviceAny = Annotated[DeviceForm, Spelled(_spell, {"enum": list(PLAIN)})]
