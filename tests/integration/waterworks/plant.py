# SPDX-License-Identifier: Apache-2.0
"""The water works as it is tested: its site file, who may speak with whom, and the facts of what runs."""

from __future__ import annotations

from collections.abc import Iterator
from ipaddress import ip_address, ip_network
from pathlib import Path

from tests.integration.waterworks.host import links_of
from tests.integration.waterworks.talk import Target
from tests.integration.waterworks.works import REPOSITORY, Works, meddle, replaced

SITE = "rf-t-ww"
GUESTS = Path("/var/cache/ringfence/guests")
ZONES = {1: "field", 2: "supervision", 3: "engineering", 4: "history", 5: "dmz"}
WORKLOADS = {
    "plc-north": (1, 11),
    "plc-south": (1, 12),
    "scada": (2, 11),
    "station": (3, 11),
    "historian": (4, 11),
    "jump": (5, 11),
}
"""Number of the zone and of the host in it."""
SERVICES = (22, 502, 8080, 8086)
DECLARED = {
    ("scada", "plc-north", 502),
    ("scada", "plc-south", 502),
    ("scada", "historian", 8086),
    ("station", "plc-north", 502),
    ("station", "plc-south", 502),
    ("station", "scada", 8080),
}
"""Every conversation that the example's site file declares, read from it by a person."""
RESERVE = "    reserved_memory: 512 MiB\n"
WIDE = "  set-up:\n    from: workload/station\n    to: [workload/plc-north, workload/plc-south]\n"
NARROW = WIDE.replace(", workload/plc-south", "")
MUTE = """
  mute:
    description: Runs, and answers nobody.
    profile: nano
    zone: engineering
    image: nano
    probes: [{tcp: {port: 9, within: 10s}}]
    cloud_init: {user_data: "#ringfence-nano"}
"""


def site_text() -> str:
    """The example's site file under another name, with a pool of its own."""
    return replaced(
        (REPOSITORY / "examples/waterworks/site.yaml").read_text(),
        {
            "\n  name: waterworks\n": f"\n  name: {SITE}\n",
            RESERVE: f"{RESERVE}    pool: /var/lib/libvirt/images/{SITE}-pool\n",
            "\nimages:\n": f"\nimages:\n  nano: {GUESTS}/nano.qcow2\n",
        },
    )


def with_mute(text: str) -> str:
    """Add a workload that nobody gets an answer from."""
    return replaced(text, {"\nworkloads:\n": f"\nworkloads:\n{MUTE}"})


def address4(workload: str) -> str:
    zone, host = WORKLOADS[workload]
    return f"10.10.{zone}.{host}"


def address6(workload: str) -> str:
    zone, host = WORKLOADS[workload]
    return f"fd10:10:0:{zone}::{host}"


def peers(workload: str) -> Iterator[tuple[str, Target]]:
    """Every service of every other workload, over both IP versions."""
    for other in WORKLOADS:
        if other != workload:
            for port in SERVICES:
                yield from ((other, Target(address(other), port)) for address in (address4, address6))


def infrastructure() -> Iterator[Target]:
    """What no guest may reach: every address of the router and of this host."""
    for zone in ZONES:
        for port in (22, 53):
            yield from (Target(f"10.10.{zone}.1", port), Target(f"fd10:10:0:{zone}::1", port))
    for line in meddle("ip", "-o", "address", "show", "scope", "global").splitlines():
        yield from (Target(line.split()[3].split("/")[0], port) for port in (22, 53))


def tried(*, declared: bool) -> dict[str, list[Target]]:
    """What each guest tries: either what is declared, or everything else."""
    found = {}
    for workload in WORKLOADS:
        wanted = [one for other, one in peers(workload) if ((workload, other, one.port) in DECLARED) == declared]
        found[workload] = wanted if declared else [*wanted, *infrastructure()]
    return found


def not_confined(works: Works) -> list[str]:
    """Return what the kernel says about running QEMUs that it should not."""
    wrong, owners = [], []
    for workload, pid in works.pids().items():
        lines = Path(f"/proc/{pid}/status").read_text().splitlines()
        facts = {key: value.split() for key, _, value in (line.partition(":") for line in lines)}
        owners.append(facts["Uid"][0])
        if len(set(facts["Uid"])) != 1 or int(facts["Uid"][0]) < 2_000_000_000:
            wrong.append(f"{workload}: uid {facts['Uid']}")
        held = {key: facts[key][0] for key in ("CapInh", "CapPrm", "CapEff", "CapAmb")}
        wrong += [f"{workload}: {key} {value}" for key, value in held.items() if int(value, 16)]
        if (facts["Seccomp"], facts["NoNewPrivs"]) != (["2"], ["1"]):
            wrong.append(f"{workload}: seccomp {facts['Seccomp']}, no new privileges {facts['NoNewPrivs']}")
    return [*wrong, *([] if len(set(owners)) == len(WORKLOADS) else [f"shared users: {owners}"])]


def misplaced(works: Works) -> list[str]:
    """Return workloads whose addresses lie outside their zone, in the status or in the guest."""
    wrong = []
    for one in works.status()["workloads"]:
        number, _ = WORKLOADS[one["name"]]
        networks = (ip_network(f"10.10.{number}.0/24"), ip_network(f"fd10:10:0:{number}::/64"))
        inside = [any(ip_address(found) in network for network in networks) for found in one["addresses"]]
        held = works.guest(one["name"]).run("/bin/ip", "-o", "address", "show", "dev", "eth0").text
        if one["zone"] != ZONES[number] or inside != [True, True]:
            wrong.append(f"{one['name']}: {one['addresses']} in {one['zone']}")
        wrong += [f"{one['name']} lacks {found}" for found in one["addresses"] if f" {found}/" not in held]
    return wrong


def bare_links(works: Works) -> list[str]:
    """Return links of the site on the host's side that have an address there."""
    ours = links_of(works)
    assert len(ours) >= 2 * len(ZONES)
    return [name for name in ours if meddle("ip", "-o", "address", "show", "dev", name)]
