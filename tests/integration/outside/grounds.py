# SPDX-License-Identifier: Apache-2.0
"""The plant outside of outside/site.yaml: five networks with declared devices and with strangers, and a fabric."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from examples.outside.lan import CARD, Device, Lan
from tests.integration.fabric.stage import Stage
from tests.integration.fabric.troupe import Troupe, troupe

from ringfence.compile.scope import Endpoints, Scope
from ringfence.site.loader import load

SITE = Path(__file__).with_name("site.yaml")
NETWORKS = ("plant", "office", "transit", "skid1", "skid2")


@dataclass
class Grounds:
    """The fabric, the networks by name, and the devices on them by name."""

    stage: Stage
    lans: dict[str, Lan]
    devices: dict[str, Device]

    @contextmanager
    def played(self) -> Iterator[Troupe]:
        """Yield an agent for each workload and each device."""
        stage = self.stage
        places = {name: (stage.scope.stub(name), stage.nics(name)) for name in stage.site.workloads}
        places |= {name: (device.name, [CARD]) for name, device in self.devices.items()}
        with troupe(places) as found:
            yield found


def stage(name: str, fabric: str = "live") -> Stage:
    """Return the fabric of outside/site.yaml."""
    site, problems = load(SITE.read_bytes())
    assert site is not None, problems
    return Stage(site, Scope(name, "server1", fabric, Endpoints.STUB))


@contextmanager
def laid_out(name: str = "t-outside", fabric: str = "live") -> Iterator[Grounds]:
    """Yield the plant and a fabric that is not up yet; afterwards all of it is gone."""
    made = stage(name, fabric)
    lans = {one: Lan(f"{name}-{one}") for one in NETWORKS}
    try:
        for number, lan in enumerate(lans.values()):
            lan.make()
            lan.cable(f"t-o-nic{number}")
        yield Grounds(made, lans, dict(_devices(lans)))
    finally:
        made.down()
        for lan in lans.values():
            lan.remove()


def _devices(lans: dict[str, Lan]) -> Iterator[tuple[str, Device]]:
    plant, office, transit = lans["plant"], lans["office"], lans["transit"]
    plc = plant.join("plc", "10.78.1.7/24", "fd78:0:0:1::7/64")
    plc.run("ip", "route", "add", "172.17.0.0/16", "dev", CARD)
    yield "plc", plc
    yield "drive", plant.join("drive", "10.78.1.6/24")
    yield "third", plant.join("third", "10.78.1.8/24", "fd78:0:0:1::8/64")
    yield "fourth", plant.join("fourth", "10.78.1.9/24")
    wall = office.join("wall", "10.78.2.254/24")
    yield "wall", wall
    yield "dcs", office.behind(wall, "dcs", "172.16.9.1/24", "172.16.9.5/24")
    yield "clerk", office.join("clerk", "10.78.2.20/24", gateway="10.78.2.254")
    edge = transit.join("edge", "10.78.250.1/30")
    edge.run("ip", "route", "add", "10.78.3.0/24", "via", "10.78.250.2")
    edge.run("ip", "route", "add", "10.78.1.0/24", "via", "10.78.250.2")
    yield "edge", edge
    cloud = transit.behind(edge, "cloud", "172.17.0.1/16", "172.17.0.9/16")
    cloud.run("ip", "address", "add", "172.17.0.5/16", "dev", CARD)
    yield "cloud", cloud
    for number in (1, 2):
        skid = lans[f"skid{number}"]
        yield f"skid{number}", skid.join("plc", "192.168.0.10/24")
    yield "stray", lans["skid1"].join("stray", "192.168.0.99/24", gateway="192.168.0.250")
