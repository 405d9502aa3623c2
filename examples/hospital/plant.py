# SPDX-License-Identifier: Apache-2.0
"""The hospital around the archive, simulated: ``python -m examples.hospital.plant up``, or ``down``; as root.

    ct-scanner 192.168.40.50 --+
                               +-- switch of radiology ---- card "hospital-nic" of this host
    firewall   192.168.40.1  --+
         |
         +---- reading room ---- workstation 192.168.50.20

Scanner and workstation speak DICOM with dcmtk's programs.
"""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from examples.hospital.images import STUDY, Slice, write
from examples.outside.lan import Device, Lan
from examples.outside.standing import main

ARCHIVE = "192.168.40.20"
PORT = "11112"
SECONDS = "5"
"""How long a device waits for an answer: a packet without conduit is dropped, not refused."""


@dataclass(frozen=True)
class Hospital:
    """``name`` begins every namespace; ``folder`` has the devices' files."""

    name: str = "hospital-plant"
    card: str = "hospital-nic"
    folder: Path = Path("/run/ringfence-hospital-example")

    @cached_property
    def lan(self) -> Lan:
        """The switch of radiology."""
        return Lan(self.name)

    @property
    def scanner(self) -> Device:
        """The CT scanner."""
        return self.lan.device("ct-scanner")

    @property
    def workstation(self) -> Device:
        """The reading station."""
        return self.lan.device("workstation")

    @property
    def received(self) -> Path:
        """Where the workstation keeps what it gets."""
        return self.folder / "received"

    def up(self) -> None:
        """Make the hospital, unless it is there."""
        if self.lan.exists():
            return
        self.received.mkdir(parents=True, exist_ok=True)
        self.lan.make()
        self.lan.join("ct-scanner", "192.168.40.50/24", gateway="192.168.40.1")
        firewall = self.lan.join("firewall", "192.168.40.1/24")
        self.lan.behind(firewall, "workstation", "192.168.50.1/24", "192.168.50.20/24")
        self.lan.cable(self.card)
        receiver = (
            "storescp",
            "--disable-host-lookup",
            "--aetitle",
            "WORKSTATION",
            "--output-directory",
            str(self.received),
            PORT,
        )
        self.workstation.start(*receiver, log=self.folder / "storescp.log")
        self.workstation.await_listener(int(PORT))

    def down(self) -> None:
        """Take it away."""
        self.lan.remove()
        shutil.rmtree(self.folder, ignore_errors=True)

    def image(self, number: int) -> Slice:
        """Let the scanner make an image."""
        return write(self.folder / "scanner", number)

    def echo(self, device: Device) -> bool:
        """C-ECHO: tell whether the archive speaks DICOM with this device."""
        return self._dcmtk(device, "echoscu")

    def store(self, image: Slice) -> bool:
        """C-STORE: the scanner sends an image to the archive."""
        return self._dcmtk(self.scanner, "storescu", after=(str(image.file),))

    def move(self) -> bool:
        """C-MOVE: the workstation asks the archive to send it the study, over an association of the archive's own."""
        wanted = ("--study", "--move", "WORKSTATION", "--key", "QueryRetrieveLevel=STUDY")
        return self._dcmtk(self.workstation, "movescu", *wanted, "--key", f"StudyInstanceUID={STUDY}", seconds="60")

    def has(self, image: Slice) -> bool:
        """Tell whether the workstation holds the very same pixels."""
        return any(image.pixels in file.read_bytes() for file in self.received.iterdir())

    def forget(self) -> None:
        """Delete what the workstation received."""
        for file in self.received.iterdir():
            file.unlink()

    def _dcmtk(
        self, device: Device, program: str, *words: str, after: tuple[str, ...] = (), seconds: str = SECONDS
    ) -> bool:
        title = "WORKSTATION" if device == self.workstation else "CT3"
        patience = ("--timeout", SECONDS, "--acse-timeout", SECONDS, "--dimse-timeout", seconds)
        ends = ("--aetitle", title, "--call", "ARCHIVE")
        return device.ask(program, *patience, *ends, *words, ARCHIVE, PORT, *after).returncode == 0


if __name__ == "__main__":
    main(Hospital(), "examples.hospital.plant")
