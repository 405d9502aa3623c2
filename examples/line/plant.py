# SPDX-License-Identifier: Apache-2.0
"""Two identical skids, simulated: ``python -m examples.line.plant up``, or ``down``; as root.

    PLC 192.168.0.10, panel 192.168.0.20 --- switch of skid A --- card "line-nic-a" of this host
    PLC 192.168.0.10, panel 192.168.0.20 --- switch of skid B --- card "line-nic-b" of this host

The vendor delivers every skid with the same addresses, and nobody may change them. Only the set-points differ.
"""

from __future__ import annotations

import shutil
import sys
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from examples.outside.lan import Device, Lan
from examples.outside.standing import main

ROOT = Path(__file__).resolve().parents[2]
MODBUS = 502
PLC, PANEL = "192.168.0.10", "192.168.0.20"
SETPOINTS = {"a": 310, "b": 720}
"""In mm: what the registers of each skid's controller show."""


@dataclass(frozen=True)
class Line:
    """``name`` begins every namespace and card; ``folder`` has the controllers' logs."""

    name: str = "line"
    folder: Path = Path("/run/ringfence-line-example")

    @cached_property
    def skids(self) -> dict[str, Lan]:
        """The switch of each skid."""
        return {skid: Lan(f"{self.name}-skid-{skid}") for skid in SETPOINTS}

    def plc(self, skid: str) -> Device:
        """Return a skid's controller."""
        return self.skids[skid].device("plc")

    def panel(self, skid: str) -> Device:
        """Return a skid's operator panel, which speaks with the controller beside it and with nobody else."""
        return self.skids[skid].device("panel")

    def card(self, skid: str) -> str:
        """Return the card of this host that leads to a skid."""
        return f"{self.name}-nic-{skid}"

    def up(self) -> None:
        """Make what is not there."""
        self.folder.mkdir(parents=True, exist_ok=True)
        for skid, lan in self.skids.items():
            if not lan.exists():
                self._skid(skid, lan)

    def _skid(self, skid: str, lan: Lan) -> None:
        lan.make()
        plc = lan.join("plc", f"{PLC}/24")
        lan.join("panel", f"{PANEL}/24")
        lan.cable(self.card(skid))
        program = (sys.executable, "-m", "examples.line.plc", str(SETPOINTS[skid]))
        plc.start(*program, log=self.folder / f"plc-{skid}.log", folder=ROOT)
        plc.await_listener(MODBUS)

    def down(self) -> None:
        """Take everything away."""
        for lan in self.skids.values():
            lan.remove()
        shutil.rmtree(self.folder, ignore_errors=True)


if __name__ == "__main__":
    main(Line(), "examples.line.plant")
