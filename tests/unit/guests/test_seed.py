# SPDX-License-Identifier: Apache-2.0
"""What a guest makes of its seed, by the very awk script and busybox that it runs."""

from __future__ import annotations

import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest

NETWORK = """version: 2
ethernets:
  port0:
    match: {macaddress: "52:54:00:AB:cd:01"}
    dhcp4: true
    accept-ra: true
    addresses:
      - "fd91:0:0:1::10/128"
  port1:
    match:
      macaddress: "52:54:00:ab:cd:02"
    dhcp4: false
    accept-ra: false
    addresses:
    - "10.1.0.10/24"
    - "fd91:0:0:2::10/128"
    routes:
      - to: "0.0.0.0/0"
        via: "10.1.0.1"
      - to: "::/0"
        via: "fd91:0:0:2::1"
"""


@dataclass(frozen=True)
class Read:
    hostname: str
    user_data: str
    network: list[str]


class Reader:
    """Runs seed.awk with its paths turned to a folder of the test."""

    def __init__(self, repository: Path, folder: Path) -> None:
        script = (repository / "guests/rootfs/etc/ringfence/seed.awk").read_text()
        self._folder = folder
        self._script = folder / "seed.awk"
        self._script.write_text(script.replace("/run/ringfence", str(folder)))

    def read(self, meta: str = "", user: str = "", network: str = "") -> Read:
        text = f"@ meta-data\n{meta}\n@ user-data\n{user}\n@ network-config\n{network}\n"
        subprocess.run(
            ["busybox", "awk", "-f", str(self._script)],
            input=text.encode(),
            check=True,
            timeout=20,
            capture_output=True,
        )
        return Read(self._get("hostname").strip(), self._get("user-data"), self._get("network").splitlines())

    def _get(self, name: str) -> str:
        path = self._folder / name
        return path.read_text() if path.exists() else ""


@pytest.fixture
def reader(repository: Path, tmp_path: Path) -> Reader:
    return Reader(repository, tmp_path)


def test_every_port_is_read(reader: Reader) -> None:
    assert reader.read(network=NETWORK).network == [
        "52:54:00:ab:cd:01 true true fd91:0:0:1::10/128 - -",
        "52:54:00:ab:cd:02 false false 10.1.0.10/24,fd91:0:0:2::10/128 0.0.0.0/0|10.1.0.1,::/0|fd91:0:0:2::1 -",
    ]


def test_tables_and_the_rules_that_lead_to_them_are_read(reader: Reader) -> None:
    text = """version: 2
ethernets:
  port1:
    match:
      macaddress: "52:54:00:ab:cd:02"
    dhcp4: true
    accept-ra: false
    routes:
      - to: "10.4.0.0/24"
        via: "10.1.0.1"
        on-link: true
      - to: "0.0.0.0/0"
        via: "10.1.0.1"
        table: 102
        on-link: true
      - to: "::/0"
        via: "fe80::1"
        table: 102
    routing-policy:
      - from: "10.1.0.10"
        table: 102
      - from: "fd91::10"
        table: 102
"""
    routes = "10.4.0.0/24|10.1.0.1,0.0.0.0/0|10.1.0.1|102,::/0|fe80::1|102"
    assert reader.read(network=text).network == [f"52:54:00:ab:cd:02 true false - {routes} 10.1.0.10|102,fd91::10|102"]


def test_the_name_and_the_orders_are_read(reader: Reader) -> None:
    seed = reader.read(
        meta='instance-id: 1234\nlocal-hostname: "plc-north"\n',
        user="#ringfence-nano\nTANK=north\nSSH_KEY=ssh-ed25519 AAAA== me\n# a remark\nnot an order\n",
    )
    assert seed.hostname == "plc-north"
    assert seed.user_data == "TANK=north\nSSH_KEY=ssh-ed25519 AAAA== me\n"


def test_controllers_get_names(reader: Reader, tmp_path: Path) -> None:
    lines = ("PLC_north=10.1.0.10:502", "PLC_south=[fd91::11]:502", "PLC_east=10.1.0.12", "PLC_w=fd91::13", "TANK=1")
    wrong = ("PLC_bad=$(reboot)", "PLC_=10.1.0.1", "PLC_net=10.1.0.0/24", "PLC_name=other.example")
    reader.read(user="\n".join(("#ringfence-nano", *lines, *wrong)))
    assert (tmp_path / "hosts").read_text().splitlines() == [
        "10.1.0.10 north", "fd91::11 south", "10.1.0.12 east", "fd91::13 w",
    ]  # fmt: skip


@pytest.mark.parametrize("name", ["a;reboot", "$(reboot)", "-x", "x-", "a" * 64, "a b", "", "../x"])
def test_a_name_that_is_none_is_left_out(reader: Reader, name: str) -> None:
    assert reader.read(meta=f"local-hostname: {name}").hostname == ""


def test_user_data_of_another_kind_is_not_ours(reader: Reader) -> None:
    assert reader.read(user="#cloud-config\nTANK=north\n").user_data == ""


@pytest.mark.parametrize(
    "line",
    [
        'addresses:\n      - "10.1.0.10/24; reboot"',
        'addresses:\n      - "$(reboot)"',
        'addresses:\n      - "-f inet"',
        "dhcp4: maybe",
        'routes:\n      - to: "$(reboot)"\n        via: "10.1.0.1"',
        'routes:\n      - via: "10.1.0.1"',
        'nameservers:\n      - "10.1.0.1"',
        'routing-policy:\n      - from: "$(reboot)"\n        table: 101',
        'routing-policy:\n      - from: "10.1.0.10"\n        table: 255',
        'routing-policy:\n      - from: "10.1.0.10"\n        table: main',
        "routing-policy:\n      - table: 101",
        'routes:\n      - to: "x"\n        via: "10.1.0.1"\n        table: 101',
    ],
)  # fmt: skip
def test_what_is_no_address_is_left_out(reader: Reader, line: str) -> None:
    text = f'version: 2\nethernets:\n  port0:\n    match: {{macaddress: "52:54:00:00:00:01"}}\n    {line}\n'
    assert reader.read(network=text).network == ["52:54:00:00:00:01 false true - - -"]


def test_a_port_without_a_right_mac_is_left_out(reader: Reader) -> None:
    assert (
        reader.read(network=NETWORK.replace("52:54:00:AB:cd:01", "52:54").replace("52:54:00:ab:cd:02", "*")).network
        == []
    )


@pytest.mark.parametrize("role", ["start", "data"])
def test_every_script_is_one_that_the_guests_shell_reads(repository: Path, role: str) -> None:
    scripts = [*repository.glob(f"guests/roles/*/{role}"), *repository.glob("guests/rootfs/etc/ringfence/[!s]*")]
    for script in [*scripts, repository / "guests/rootfs/etc/ringfence/seed"]:
        if script.read_bytes().startswith(b"#!/bin/sh"):
            subprocess.run(["busybox", "sh", "-n", str(script)], check=True, timeout=20)
