# SPDX-License-Identifier: Apache-2.0
"""What the kernel says about itself in /proc and /sys. Texts that are none of what is asked for raise ValueError."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Literal

from ringfence.facts.posture import Swap

_TAINTS = (
    "a proprietary module",
    "a module that was forced in",
    "out-of-specification hardware",
    "a module that was forced out",
    "a machine check",
    "a bad page",
    "a taint by a program",
    "an oops or BUG",
    "an ACPI table that was overridden",
    "a warning",
    "a staging driver",
    "a workaround for the platform's firmware",
    "a module from outside the kernel",
    "an unsigned module",
    "a soft lockup",
    "a live patch",
    "a taint by the distribution",
    "a randomised structure layout",
    "a test",
    "a taint by fwctl",
)
"""Reasons by bit (Documentation/admin-guide/tainted-kernels.rst)."""
_CHOSEN = re.compile(r"\[(\w+)\]", re.ASCII)


def parse_tainted(text: str) -> tuple[str, ...]:
    """Read /proc/sys/kernel/tainted."""
    number = int(text)
    bits = (bit for bit in range(max(number, 0).bit_length()) if number >> bit & 1)
    return tuple(_TAINTS[bit] if bit < len(_TAINTS) else f"reason {bit}" for bit in bits)


def parse_lockdown(text: str) -> Literal["none", "integrity", "confidentiality"]:
    """Read /sys/kernel/security/lockdown: the word in brackets."""
    chosen = _CHOSEN.search(text)
    match chosen[1] if chosen else "":
        case "none" | "integrity" | "confidentiality" as word:
            return word
        case _:
            raise ValueError(f"'{text[:40]}' is no state of lockdown.")


def parse_secure_boot(variable: bytes) -> Literal["on", "off"]:
    """Read the EFI variable SecureBoot as efivarfs shows it: four bytes of attributes, one of value."""
    if len(variable) != 5 or variable[4] not in {0, 1}:  # noqa: PLR2004 - as said
        raise ValueError("This is no variable SecureBoot.")
    return "on" if variable[4] else "off"


def parse_microcode(cpuinfo: str) -> str:
    """Return the revisions of /proc/cpuinfo, each once. Raises ValueError where there is none."""
    lines = (line.partition(":") for line in cpuinfo.splitlines())
    found = dict.fromkeys(value.strip() for name, _, value in lines if name.strip() == "microcode")
    if not found:
        raise ValueError("The kernel tells no revision of microcode.")
    return ", ".join(found)


def parse_swaps(text: str, encrypted: Iterable[str]) -> tuple[Swap, ...]:
    """Read /proc/swaps. ``encrypted`` are the paths of which it is known that they lie on dm-crypt."""
    known = set(encrypted)
    rows = [line.split() for line in text.splitlines()[1:] if line.strip()]
    return tuple(Swap(row[0], row[1], _crypt(row[0], row[1], known)) for row in rows)


def _crypt(path: str, kind: str, known: set[str]) -> bool | None:
    if path in known:
        return True
    return False if kind == "partition" else None


def parse_threads(control: str) -> Literal["on", "off", "not supported"]:
    """Read /sys/devices/system/cpu/smt/control."""
    match control.strip():
        case "on":
            return "on"
        case "off" | "forceoff":
            return "off"
        case "notsupported" | "notimplemented":
            return "not supported"
        case _:
            raise ValueError(f"'{control[:40]}' is no state of SMT.")


def parse_switch(text: str) -> bool:
    """Read a module's parameter or a kernel's switch: Y, N, 0, 1 or a number."""
    match text.strip():
        case "Y" | "1" | "2":
            return True
        case "N" | "0":
            return False
        case _:
            raise ValueError(f"'{text[:40]}' is no switch.")
