# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import time
from pathlib import Path

import pytest

from ringfence.base.errors import Refused
from ringfence.site.codes import Code
from ringfence.site.conduit import Endpoint
from ringfence.site.functions import EssentialFunction
from ringfence.site.loader import load
from ringfence.site.profile import PROFILES
from ringfence.site.service import Flow, PortRange
from ringfence.site.site import Site

HEAD = """\
ringfence: 1
site: {name: plant, owner: Operations}
hosts: {server1: }
zones: {field: {level: 1, sl_t: 2, ipv4: 10.1.1.0/24, ipv6: "fd00:1::/64"}}
images: {base: /images/base.qcow2}
"""


def site(text: str, base: str = "/srv/site") -> Site:
    found, problems = load((HEAD + text).encode(), "site.yaml", base)
    assert found is not None, "\n".join(map(str, problems))
    return found


@pytest.mark.parametrize("name", ["minimal", "waterworks"])
def test_examples_load(repository: Path, name: str) -> None:
    path = repository / "examples" / name / "site.yaml"
    found, problems = load(path.read_bytes(), path.name, str(path.parent))
    assert problems == ()
    assert found is not None
    assert found.name == name


def test_a_profile_gives_what_the_workload_does_not_say() -> None:
    found = site("workloads: {old: {zone: field, image: base, profile: legacy-pc, memory: 64 MiB, display: none}}")
    old = found.workloads["old"]
    assert (old.chipset, old.disks[0].bus, old.interfaces[0].model, old.vcpus) == ("pc", "ide", "rtl8139", 1)
    assert (old.memory_mib, old.display, old.clock) == (64, "none", "localtime")


def test_profiles_do_not_inherit() -> None:
    text = "profiles: {own: {memory: 96 MiB}, legacy-pc: {display: vnc}}\n"
    text += (
        "workloads: {a: {zone: field, image: base, profile: own}, b: {zone: field, image: base, profile: legacy-pc}}"
    )
    workloads = site(text).workloads
    assert workloads["a"].memory_mib == 96
    assert workloads["a"].devices == PROFILES["linux-server"].devices
    assert (workloads["b"].display, workloads["b"].chipset) == ("vnc", "q35")


def test_no_device_is_there_that_was_not_asked_for() -> None:
    found = site("workloads: {a: {zone: field, image: base, devices: []}, b: {zone: field, image: base}}")
    assert found.workloads["a"].devices == ()
    assert [device.kind for device in found.workloads["b"].devices] == ["guest-agent", "rng"]


def test_short_ways_to_write_mean_the_long_ones() -> None:
    short = site("workloads: {a: {zone: field, ipv4: 10.1.1.9, image: base, after: b}, b: {zone: field, image: base}}")
    long = site(
        "workloads: {b: {interfaces: [{zone: field}], disks: [{name: root, image: base}]}, "
        "a: {interfaces: [{zone: field, ipv4: 10.1.1.9}], disks: [{name: root, image: base}], after: [b]}}"
    )
    assert short == long


def test_gateways_are_the_first_addresses_unless_said_otherwise() -> None:
    zone = site("").zones["field"]
    assert (str(zone.gateway4), str(zone.gateway6)) == ("10.1.1.1", "fd00:1::1")


def test_image_paths_start_from_the_folder_of_the_file() -> None:
    text = "images: {a: x.qcow2, b: ../y.raw, c: /z.qcow2}\n"
    found, _ = load((HEAD.replace("images: {base: /images/base.qcow2}\n", "") + text).encode(), "f", "/srv/site")
    assert found is not None
    assert [image.source for image in found.images.values()] == ["/srv/site/x.qcow2", "/srv/y.raw", "/z.qcow2"]


def test_a_conduits_own_flow_becomes_a_service() -> None:
    text = (
        "workloads: {a: {zone: field, image: base}, b: {zone: field, image: base}}\n"
        "conduits: {c: {from: workload/a, to: [workload/b/eth0, zone/field], reason: r, owner: o,\n"
        "  service: [modbus, 'udp/5-6,9', {protocol: tcp, ports: 7, direction: back}, icmpv6]}}"
    )
    found = site(text)
    conduit = found.conduits["c"]
    assert conduit.services == ("modbus", "udp/5-6,9", "tcp/7/back", "icmpv6")
    assert conduit.target == (Endpoint("workload", "b", "eth0"), Endpoint("zone", "field"))
    assert found.services["udp/5-6,9"].flows == (Flow("udp", (PortRange(5, 6), PortRange(9, 9))),)
    assert found.services["tcp/7/back"].flows == (Flow("tcp", (PortRange(7, 7),), "back"),)
    assert set(conduit.services) <= set(found.services)


def test_the_site_may_say_what_a_service_is() -> None:
    found = site("services: {modbus: tcp/1502}")
    assert found.services["modbus"].flows == (Flow("tcp", (PortRange(1502, 1502),)),)
    assert not found.services["modbus"].builtin
    assert found.services["dnp3"].builtin


def test_what_is_for_rules_to_refuse_is_loaded() -> None:
    text = """
uplinks: {up: {host: server1, interface: eno2}}
assets: {plc: {zone: field, uplink: up, ipv4: 10.1.1.99, function: safety}}
workloads:
  a:
    interfaces: [{zone: field, shared: 10.1.1.50}, {zone: field, kind: vf, device: "0000:03:10.2", reason: Second.}]
    image: base
    function: safety
    firmware: uefi-secure
    tpm: true
    devices: [{usb: {vendor: "0001", product: "0002"}}]
"""
    found = site(text).workloads["a"]
    assert found.function is EssentialFunction.SAFETY
    assert (found.firmware, found.tpm, found.interfaces[1].kind) == ("uefi-secure", True, "vf")


def seeded(error: Exception | None = None) -> tuple[Site | None, list[str]]:
    def read(path: str) -> bytes:
        assert path == "/srv/site/seed.txt"
        if error is not None:
            raise error
        return b"#cloud-config\n"

    text = HEAD + "workloads: {a: {zone: field, image: base, cloud_init: {user_data_file: seed.txt}}}"
    found, problems = load(text.encode(), "site.yaml", "/srv/site", read)
    return found, [problem.problem for problem in problems]


def test_files_are_read_by_the_caller() -> None:
    found, _ = seeded()
    assert found is not None
    assert found.workloads["a"].cloud_init is not None
    assert found.workloads["a"].cloud_init.user_data == "#cloud-config\n"


@pytest.mark.parametrize(
    ("error", "why"),
    [(PermissionError(13, "Permission denied"), "Permission denied"), (Refused("It is a pipe.", "x"), "It is a pipe")],
)
def test_files_that_cannot_be_read_are_told(error: Exception, why: str) -> None:
    found, problems = seeded(error)
    assert found is None
    assert len(problems) == 1
    assert why in problems[0]


def test_without_a_reader_no_file_is_named() -> None:
    text = HEAD + "workloads: {a: {zone: field, image: base, cloud_init: {user_data_file: seed.txt}}}"
    _, problems = load(text.encode())
    assert [problem.id for problem in problems] == [Code.FILE]


def big(workloads: int, conduits: int) -> bytes:
    parts = ["ringfence: 1\nsite: {name: big, owner: Operations}\nhosts: {server1: }\nzones:\n"]
    parts += [f"  z{n}: {{level: {n % 4}, sl_t: 2, ipv4: 10.{n}.0.0/16}}\n" for n in range(40)]
    parts += ["images: {base: /images/base.qcow2}\nworkloads:\n"]
    for n in range(workloads):
        address = f"10.{n % 40}.{n // 40 // 200}.{n // 40 % 200 + 2}"
        parts.append(f"  w{n}:\n    zone: z{n % 40}\n    ipv4: {address}\n    function: control\n    memory: 128 MiB\n")
        parts.append("    image: base\n    probes: [{modbus: {port: 502}}]\n")
    parts.append("conduits:\n")
    for n in range(conduits):
        ends = f"    from: workload/w{n % workloads}\n    to: workload/w{(n * 7 + 1) % workloads}\n"
        parts.append(f"  c{n}:\n{ends}    service: modbus\n    reason: Values are read.\n    owner: Team {n % 7}\n")
    return "".join(parts).encode()


def test_a_large_site_loads_in_seconds() -> None:
    text = big(2000, 10_000)
    started = time.process_time()
    found, problems = load(text, "big.yaml")
    spent = time.process_time() - started
    assert problems == ()
    assert found is not None
    assert (len(found.workloads), len(found.conduits)) == (2000, 10_000)
    assert spent < 5, "0.7 s of processor time where this was written"
