# SPDX-License-Identifier: Apache-2.0
"""A real guest and its hardware: a macvtap on a network card, a serial line, and the identity that licences ask for."""

from __future__ import annotations

import os
import pty
import select
import subprocess
import time
import tty
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
from examples.guest import Guest
from tests import factory

from ringfence.compile.document import Kind
from ringfence.compile.domain import tolerated
from ringfence.site.uplink import Uplink
from ringfence.site.workload import CloudInit, Device, Disk, Identity, Interface, Workload

from .plant import Plant, nano, plant

pytestmark = pytest.mark.skipif(not nano().exists(), reason="guests/build has not made the nano image here")

SITE, CARD, SPACE = "rf-t-beside", "rft-card", "rft-plant"
WITHIN_S = 90
ANSWER = """
exec 3<>/dev/ttyS1
stty raw -echo <&3
echo ready >&3
read -r words <&3
echo got $words >&3
"""
PLANT = Interface("eth1", "plant", kind="macvtap", uplink="lan", reason="The analyser is asked past the fabric.")


@dataclass(frozen=True)
class Line:
    """A serial line: what is written at the near end is read at ``path``."""

    near: int
    path: str

    def ask(self, words: bytes) -> bytes:
        os.write(self.near, words)
        heard, until = b"", time.monotonic() + WITHIN_S
        while not heard.endswith(b"\n") and time.monotonic() < until:
            if select.select([self.near], [], [], 0.2)[0]:
                heard += os.read(self.near, 1024)
        return heard


@pytest.fixture
def line() -> Iterator[Line]:
    near, far = pty.openpty()
    tty.setraw(far)
    try:
        yield Line(near, os.ttyname(far))
    finally:
        os.close(near)
        os.close(far)


@pytest.fixture
def works() -> Iterator[Plant]:
    with card(), plant(SITE) as made:
        yield replace(made, zones=(factory.zone("plant", 2),), uplinks=(Uplink("lan", "server1", CARD, shared=True),))


@contextmanager
def card() -> Iterator[None]:
    """A network card of the host, and the plant's network behind it in a namespace."""
    shell(f"ip netns add {SPACE}; ip link add name {CARD} type veth peer name lan netns {SPACE}")
    try:
        shell(f"echo 1 >/proc/sys/net/ipv6/conf/{CARD}/disable_ipv6; ip link set {CARD} up")
        shell(f"ip -n {SPACE} address add 10.91.2.1/24 dev lan; ip -n {SPACE} link set lan up")
        yield
    finally:
        shell(f"ip netns del {SPACE}; ip link del {CARD} 2>/dev/null || true")


def shell(words: str) -> str:
    return subprocess.run(["sh", "-ec", words], check=True, capture_output=True, text=True).stdout


def guest(**changes: Any) -> Workload:
    seed = CloudInit("#ringfence-nano\nECHO=1\n")
    return factory.workload("analyser", **({"devices": (Device("guest-agent"),), "cloud_init": seed} | changes))


def wait_until_up(works: Plant) -> None:
    log = Path(f"/var/log/libvirt/qemu/{works.scope.domain('analyser')}.console.log")
    until = time.monotonic() + WITHIN_S
    while "RINGFENCE-GUEST-UP" not in (log.read_text(errors="replace") if log.exists() else ""):
        assert time.monotonic() < until, log.read_text(errors="replace")[-2000:]
        time.sleep(0.2)


def strange(works: Plant, wanted: Any) -> dict[str, Any]:
    """Return what differs from what was compiled, libvirt's known additions left out."""
    found, tolerance = works.observe(), tolerated(works.facts.versions)
    told: dict[str, Any] = {}
    for document in (one.document for kind in (Kind.DOMAIN, Kind.RUN) for one in wanted[kind]):
        parts = dict(found[document.address].parts)
        told |= {key: parts.get(key) for key, value in document.parts.items() if parts.pop(key, None) != value}
        told |= {key: value for key, value in parts.items() if not tolerance.allows(document.kind, key, value)}
    return told


def started(script: str) -> int:
    """Start a script in the guest as soon as its agent answers."""
    until = time.monotonic() + WITHIN_S
    while True:
        try:
            return Guest("analyser", SITE).start("/bin/sh", "-c", script)
        except RuntimeError:
            assert time.monotonic() < until
            time.sleep(0.2)


def test_a_macvtap_carries_frames_past_the_fabric(works: Plant) -> None:
    made = works.apply(guest(interfaces=(Interface("eth0", "control"), PLANT)))
    assert strange(works, made) == {}
    wait_until_up(works)
    assert shell(f"echo hello | ip netns exec {SPACE} busybox nc -w 5 10.91.2.10 7") == "hello\n"

    tap = factory.binding(guest(interfaces=(Interface("eth0", "control"), PLANT))).interfaces["eth1"].tap
    shown = shell(f"ip -d link show dev {tap}")
    assert f"@{CARD}" in shown
    assert "macvtap mode private" in shown
    assert "master" not in shown  # no bridge, and so no guard, sees it
    works.destroy()
    assert subprocess.run(["ip", "link", "show", "dev", tap], capture_output=True, check=False).returncode != 0


def test_a_serial_line_leads_into_the_guest_and_back(works: Plant, line: Line) -> None:
    made = works.apply(guest(devices=(Device("guest-agent"), Device("serial", {"path": line.path}))))
    assert strange(works, made) == {}
    wait_until_up(works)
    running, inside = started(ANSWER), Guest("analyser", SITE)
    assert line.ask(b"") == b"ready\n"
    assert line.ask(b"level 42\n") == b"got level 42\n"
    inside.wait(running)


IDENTITY = Identity(smbios_serial="VMware-56 4d 2a 1b")
ASKED = (
    "/sys/class/dmi/id/product_uuid",
    "/sys/class/dmi/id/product_serial",
    "/sys/block/vd?/serial",
    "/sys/class/net/eth0/address",
)
"""Where programs on Linux look for what a licence is bound to."""


def test_a_guest_sees_the_identity_it_was_given_also_after_a_rebuild(works: Plant) -> None:
    disks = (Disk("root", image="nano", serial="WD-WCC4E1234567"),)
    wanted = guest(identity=IDENTITY, disks=disks)
    bound = factory.binding(wanted)
    for _ in range(2):
        works.apply(wanted)
        wait_until_up(works)
        told = Guest("analyser", SITE).wait(started(f"cat {' '.join(ASKED)}; echo")).text.splitlines()
        assert told[:2] == [bound.uuid, IDENTITY.smbios_serial]
        assert (
            "".join(told[2:]) == f"WD-WCC4E1234567{bound.interfaces['eth0'].mac}"
        )  # the kernel ends a disk's serial number with no newline
        works.destroy()
