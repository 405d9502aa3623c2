# SPDX-License-Identifier: Apache-2.0
"""The substation around the virtual relay, simulated: ``python -m examples.substation.plant up``, or ``down``; as root.

bay 2 (GOOSE, no address) --- switch of the process bus --- cards "substation-pb" and "substation-sv" here

router 10.60.2.1 --- switch of the station --- card "substation-sb" here
     |
     +---- telecontrol network ---- control centre 10.61.0.10
"""

from __future__ import annotations

import sys
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from examples.outside.lan import Device, Lan
from examples.outside.space import PlantError
from examples.outside.standing import main

ROOT = Path(__file__).resolve().parents[2]
BAY_2_MAC = "02:60:00:00:00:02"
GATEWAY = "10.60.1.12"
_READ = """
import sys
from guests.roles.mms.client import Client
with Client(sys.argv[1]) as client:
    print(client.read(sys.argv[2]))
"""


@dataclass(frozen=True)
class Substation:
    """``name`` begins every namespace and card."""

    name: str = "substation"

    @cached_property
    def process(self) -> Lan:
        """The process bus."""
        return Lan(f"{self.name}-process")

    @cached_property
    def station(self) -> Lan:
        """The station bus."""
        return Lan(f"{self.name}-station")

    @property
    def bay_2(self) -> Device:
        """The bay whose relay is real."""
        return self.process.device("bay-2")

    @property
    def control_centre(self) -> Device:
        """Who watches the substation from afar."""
        return self.station.device("centre")

    def up(self) -> None:
        """Make what is not there."""
        if not self.process.exists():
            self.process.make()
            self.process.join("bay-2", mac=BAY_2_MAC)
            self.process.cable(f"{self.name}-pb")
            self.process.cable(f"{self.name}-sv", "unused")  # what sampled-values.yaml would take
        if not self.station.exists():
            self.station.make()
            router = self.station.join("router", "10.60.2.1/24")
            router.run("ip", "route", "add", "10.60.1.0/24", "via", "10.60.2.9")
            self.station.behind(router, "centre", "10.61.0.1/24", "10.61.0.10/24")
            self.station.cable(f"{self.name}-sb")

    def down(self) -> None:
        """Take everything away."""
        self.process.remove()
        self.station.remove()

    def read(self, name: str) -> str:
        """Let the control centre read a variable of the gateway. Raises PlantError."""
        done = self.control_centre.ask("env", f"PYTHONPATH={ROOT}", sys.executable, "-c", _READ, GATEWAY, name)
        if done.returncode != 0:
            raise PlantError(done.stderr.strip().rpartition("\n")[2])
        return done.stdout.strip()


if __name__ == "__main__":
    main(Substation(), "examples.substation.plant")
