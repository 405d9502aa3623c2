# SPDX-License-Identifier: Apache-2.0
"""The side doors that a site declares are those that its artifacts have: no more, and no fewer."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from ipaddress import IPv4Network
from pathlib import Path

import pytest
from tests import factory
from tests.unit.compile.test_plants import CASES, GOLDEN, facts_of, site_of, told

from ringfence.app.claims.doors import declared_doors
from ringfence.compile.allocate import allocate
from ringfence.compile.bindings import Bindings
from ringfence.compile.compiler import compile_host
from ringfence.compile.document import Document
from ringfence.compile.fabric import fabric_artifacts
from ringfence.compile.scope import Endpoints, Scope
from ringfence.facts.image import ImageFacts
from ringfence.proof.flow import Door
from ringfence.proof.side import Hardware, PciFunction, look
from ringfence.site.asset import Asset
from ringfence.site.loader import load
from ringfence.site.site import Site
from ringfence.site.uplink import Uplink
from ringfence.site.workload import CloudInit, Device, Disk, Interface, Workload

EXAMPLES = sorted(file.parent.name for file in (Path(__file__).parents[4] / "examples").glob("*/site.yaml"))
BUS = Hardware({"0000:03:00.0": PciFunction(1), "0000:03:10.2": PciFunction(2), "0000:04:00.0": PciFunction(3)})
IPV4 = IPv4Network("10.92.0.5/32")


def images_of(site: Site) -> dict[str, ImageFacts]:
    return {name: ImageFacts(f"{number:064x}", "qcow2", 64 << 20) for number, name in enumerate(site.images)}


def bound(site: Site, scope: Scope) -> Bindings:
    facts = facts_of("waterworks")
    bindings, _ = allocate(
        site, dict.fromkeys(site.workloads, facts), images_of(site), {}, dict.fromkeys(site.workloads, scope)
    )
    return bindings


def artifacts(site: Site, scope: Scope) -> list[Document]:
    """Return what is compiled for all of a site's workloads on one host."""
    here, bindings = frozenset(site.workloads), bound(site, scope)
    if scope.endpoints is Endpoints.STUB:
        made = fabric_artifacts(site, here, bindings, scope, factory.NOW)
    else:
        facts = replace(facts_of("waterworks"), features=frozenset({"direct-io"}))
        made = compile_host(site, here, bindings, facts, images_of(site), scope, factory.NOW)
    return [one.document for one in made]


def found(site: Site, scope: Scope) -> dict[tuple[str, str, str, str], Door]:
    side = look(artifacts(site, scope), BUS)
    assert side.unread == ()
    return {one.key: one for one in side.doors}


def allowed(site: Site, scope: Scope) -> dict[tuple[str, str, str, str], Door]:
    return {one.key: one for one in declared_doors(site, site.workloads, bound(site, scope), scope)}


@pytest.mark.parametrize("case", CASES)
def test_a_plant_has_the_doors_that_it_declares(repository: Path, case: str) -> None:
    site, facts = site_of(repository, case), told(case)
    scope = Scope(site.name, "server1", facts["fabric"], Endpoints(facts["endpoints"]))
    assert found(site, scope).keys() == allowed(site, scope).keys()
    assert (GOLDEN / case / "artifacts.txt").exists()


@pytest.mark.parametrize("example", EXAMPLES)
@pytest.mark.parametrize("endpoints", Endpoints)
def test_an_example_has_the_doors_that_it_declares(repository: Path, example: str, endpoints: Endpoints) -> None:
    file = repository / "examples" / example / "site.yaml"
    site, problems = load(file.read_bytes(), str(file), str(file.parent), lambda path: Path(path).read_bytes())
    assert site is not None, problems
    for host in site.hosts:
        for fabric in ("live", "drill") if endpoints is Endpoints.STUB else ("live",):
            scope = Scope(site.name, host, fabric, endpoints)
            assert found(site, scope).keys() == allowed(site, scope).keys()


def everything() -> Site:
    """Return a site with every door that one can declare."""
    full = factory.workload(
        "full",
        interfaces=(
            Interface("eth0", "control"),
            Interface("eth1", "office", reason="Reports."),
            Interface("eth2", "field", kind="macvtap", uplink="tap", reason="Frames."),
            Interface("eth3", "field", kind="vf", device="0000:03:10.2", reason="Speed."),
            Interface("eth4", "field", kind="pci", device="04:00.0", reason="A whole card."),
        ),
        display="vnc",
        firmware="uefi",
        devices=(
            Device("guest-agent"),
            Device("rng"),
            Device("watchdog"),
            Device("usb", {"vendor": "0x0529", "product": "0001"}),
            Device("pci", {"address": "0000:03:00.0"}),
            Device("serial", {"path": "/dev/ttyS1"}),
        ),
        cloud_init=CloudInit("#cloud-config\n"),
    )
    zones = (
        factory.zone(time_source="asset/clock"),
        factory.zone("office", 2, time_source="workload/full"),
        factory.zone("field", 3, dhcp=False),
    )
    uplinks = {
        "plant": Uplink("plant", "server1", "eno1", shared=True),
        "tap": Uplink("tap", "server1", "eno2", shared=True),
    }
    clock = Asset("clock", "field", "plant", (IPV4,))
    return factory.site((full, factory.workload("plc")), zones, uplinks=uplinks, assets={"clock": clock})


def without(site: Site, **changes: object) -> Site:
    """Return the site with its full workload changed."""
    full: Workload = replace(site.workloads["full"], **changes)  # type: ignore[arg-type]  # whatever a case changes
    return replace(site, workloads={**site.workloads, "full": full})


def test_everything_that_can_be_declared_is_found_with_its_owner() -> None:
    site, scope = everything(), factory.scope()
    declared = allowed(site, scope)
    assert found(site, scope).keys() == declared.keys()
    assert {one.kind: one.owner for one in declared.values() if "plc" not in one.target} == {
        "agent": "workload/full#devices",
        "base": "image/nano",
        "card": "uplink/tap#shared",
        "console": "standing/console",
        "dhcp": "zone/office",
        "direct": "workload/full#interfaces",
        "legs": "workload/full#interfaces",
        "management": "standing/libvirt",
        "nvram": "workload/full#firmware",
        "pci": "workload/full#interfaces",
        "screen": "workload/full#display",
        "serial": "workload/full#devices",
        "time": "zone/office#time_source",
        "usb": "workload/full#devices",
    }


def changes() -> Iterator[tuple[str, Site]]:
    site = everything()
    full = site.workloads["full"]
    for device in full.devices:
        if device.kind not in {"rng", "watchdog"}:
            yield (
                {"guest-agent": "agent"}.get(device.kind, device.kind),
                without(site, devices=tuple(one for one in full.devices if one != device)),
            )
    yield "screen", without(site, display="none")
    yield "nvram", without(site, firmware="bios")
    yield "base", without(site, disks=(Disk("root", size_mib=64),))
    for place, of in enumerate(("legs", "direct", "pci", "pci"), start=1):
        yield of, without(site, interfaces=(*full.interfaces[:place], *full.interfaces[place + 1 :]))
    yield "time", replace(site, zones={**site.zones, "control": replace(site.zones["control"], time_source=None)})
    yield "dhcp", replace(site, zones={**site.zones, "office": replace(site.zones["office"], dhcp=False)})
    yield "card", replace(site, uplinks={**site.uplinks, "plant": replace(site.uplinks["plant"], shared=False)})


@pytest.mark.parametrize(("of", "changed"), list(changes()))
def test_a_door_is_undeclared_without_its_clause_and_missing_without_its_artifact(of: str, changed: Site) -> None:
    whole, scope = everything(), factory.scope()
    undeclared = {key[0] for key in found(whole, scope).keys() - allowed(changed, scope).keys()}
    missing = {key[0] for key in allowed(whole, scope).keys() - found(changed, scope).keys()}
    assert of in undeclared
    assert of in missing


def test_the_doors_of_another_host_are_not_declared_here() -> None:
    site = everything()
    elsewhere = replace(site.uplinks["plant"], host="server2")
    site = replace(site, uplinks={**site.uplinks, "plant": elsewhere})
    kinds = {one.target for one in declared_doors(site, ["plc"], bound(site, factory.scope()), factory.scope())}
    assert "workload/full" not in kinds
    assert [one.what for one in declared_doors(site, [], {}, factory.scope()) if one.kind == "card"] == ["eno2"]
