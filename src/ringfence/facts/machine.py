# SPDX-License-Identifier: Apache-2.0
"""What was observed about the machine of one workload while it ran."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from .process import ProcessFacts
from .unseen import Unseen

RunState = Literal["running", "paused", "stopped", "missing", "unknown"]


@dataclass(frozen=True, slots=True)
class LiveDisk:
    """A disk of the running machine. ``chain`` is its file and all that lie below it, the top one first."""

    target: str
    chain: tuple[str, ...]
    encrypted: bool | Unseen
    """By its own header (qemu-img info), not by what was asked for."""
    readonly: bool = False


@dataclass(frozen=True, slots=True)
class Firmware:
    """Kind ``bios`` or ``uefi``. ``secure_boot`` is what the variable store holds, where it can be read."""

    kind: Literal["bios", "uefi"]
    code: str = ""
    store: str = ""
    secure_code: bool = False
    """The firmware can keep its variables from the guest's kernel (loader secure='yes', SMM)."""
    secure_boot: bool | Unseen = False


@dataclass(frozen=True, slots=True)
class Cpu:
    """The model that the guest sees, as libvirt tells it of the running machine."""

    mode: str
    model: str
    required: frozenset[str] = frozenset()
    """Features that were asked for and are there."""
    disabled: frozenset[str] = frozenset()
    told: bool = False
    """The list is whole: libvirt asked the running QEMU for it. Else only names of models are known."""


@dataclass(frozen=True, slots=True)
class LiveMachine:
    """The running machine in libvirt's words (its live XML); ``source`` says who told."""

    source: Literal["libvirt", "state file"]
    type: str
    """Machine type such as ``pc-q35-7.2``."""
    disks: tuple[LiveDisk, ...]
    firmware: Firmware
    cpu: Cpu
    tpm: str = ""
    """Backend of its TPM: ``emulator``, ``passthrough``; empty for none."""
    kernel: str = ""
    """A kernel that is booted past the firmware; empty for none."""
    displays: tuple[str, ...] = ()
    """``vnc:/path/of/socket`` or ``vnc:ADDRESS:PORT``."""
    channels: tuple[str, ...] = ()
    """Targets of its channels, and devices with which guest and host share something: ``spicevmc``, ``virtiofs``."""
    memory_locked: bool = False
    core_dumps: bool = True
    """Guest memory would be in a core dump."""


@dataclass(frozen=True, slots=True)
class Helper:
    """A process beside QEMU that works for the machine: ``swtpm``, ``virtiofsd``, ``passt`` ..."""

    kind: str
    process: ProcessFacts


@dataclass(frozen=True, slots=True)
class MachineFacts:
    """One workload's machine. A fact that is Unseen proves nothing."""

    workload: str
    domain: str
    at: datetime
    state: RunState
    detail: str
    """Where it does not run, or is not known to: why, as a sentence."""
    process: ProcessFacts | Unseen
    live: LiveMachine | Unseen
    accelerator: Literal["kvm", "tcg"] | Unseen
    """What the process uses: open /dev/kvm with a virtual machine on it, or its own translation."""
    helpers: tuple[Helper, ...] | Unseen
    neighbours: tuple[str, ...] | Unseen
    """Other processes of the same user that do not belong to it: ``NAME (PID)``."""
