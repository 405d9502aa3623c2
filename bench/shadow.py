# SPDX-License-Identifier: Apache-2.0
"""Shadow trials of a fabric with stubs: ``python bench/shadow.py [WORKLOADS]`` as root.

Without a number it tries the water works and a hundred workloads in five zones, all pairs of them, with both versions
of IP. It makes network namespaces in this one; nothing of them is left.
"""

from __future__ import annotations

import os
import sys
import time
from ipaddress import IPv4Network, IPv6Network
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from tests import factory
from tests.integration.fabric.stage import Stage, ports, waterworks

from ringfence.app.claims import claims
from ringfence.app.shadow import ShadowResult, shadow_trials
from ringfence.compile.scope import Endpoints, Scope
from ringfence.drivers.shadow.driver import ShadowDriver
from ringfence.site.conduit import Conduit, Endpoint
from ringfence.site.service import Flow, Service
from ringfence.site.workload import Interface

WORKLOADS, ZONES = 100, 5
SECONDS = {"water works": 10.0, "many": 300.0}
"""Most that may be needed (issue 4: of a hundred workloads' fabric at most five minutes)."""


def main() -> int:
    """Print the figures; 1 when one is missed or anything disagrees."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else WORKLOADS
    good = report("water works", waterworks("t-bench"), SECONDS["water works"])
    return 0 if report(f"{count} workloads", crowd(count), SECONDS["many"]) and good else 1


def report(name: str, stage: Stage, most: float) -> bool:
    with stage.standing():
        driver, began = ShadowDriver(), time.perf_counter()
        loaded = driver.loaded(stage.scope)
        told = claims(stage.site, frozenset(stage.site.workloads), stage.bindings, stage.scope, stage.now)
        result = shadow_trials(driver, loaded, told, _tell)
        took = time.perf_counter() - began
    print(line(name, result, took, most))
    for one in (*result.disagreements[:10], *result.unbuilt[:10]):
        print(f"    {one}")
    return took <= most and not result.disagreements and not result.unbuilt


def line(name: str, result: ShadowResult, took: float, most: float) -> str:
    rate = result.sent / took
    return (
        f"{name:20} {result.tried:8} packets {result.passed:8} pass {took:8.1f} s ({rate:6.0f}/s)   at most {most:g} s"
    )


def crowd(count: int) -> Stage:
    """Return workloads in zones, each with conduits to three of the next zone."""
    zones = [factory.zone(f"zone{number}", number, dhcp=False) for number in range(1, ZONES + 1)]
    zones = [
        factory.zone(
            one.name,
            number,
            dhcp=False,
            ipv4=IPv4Network(f"10.91.{number}.0/24"),
            ipv6=IPv6Network(f"fd91:0:0:{number}::/64"),
        )
        for number, one in enumerate(zones, 1)
    ]
    workloads = [
        factory.workload(f"w{number}", interfaces=(Interface("eth0", zones[number % ZONES].name),))
        for number in range(count)
    ]
    conduits = [
        Conduit(
            f"c{near}-{step}",
            (Endpoint("workload", f"w{near}"),),
            (Endpoint("workload", f"w{(near + step) % count}"),),
            ("talk",),
            "bench",
            "bench",
        )
        for near in range(count)
        for step in (1, 2, 8)
    ]
    site = factory.site(
        workloads,
        zones,
        name="t-bench2",
        conduits={one.name: one for one in conduits},
        services={"talk": Service("talk", (Flow("tcp", ports(502)), Flow("udp", ports(5000))))},
    )
    return Stage(site, Scope("t-bench2", "server1", "live", Endpoints.STUB))


def _tell(sentence: str) -> None:
    print(f"    {sentence}", file=sys.stderr)


if __name__ == "__main__":
    if os.geteuid() != 0:
        sys.exit("This needs root: it makes network namespaces.")
    sys.exit(main())
