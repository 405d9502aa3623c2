# SPDX-License-Identifier: Apache-2.0
"""The boot files bring uplinks back, each way to the plant, go on without a card, and give the cards back."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests import factory
from tests.boot_case import IMAGES
from tests.integration.boot.test_fabric_without_python import Host, started
from tests.integration.outside import grounds

from ringfence.compile.boot import boot_folder
from ringfence.compile.compiler import compile_host
from ringfence.compile.document import Artifact, Kind
from ringfence.drivers.boot.driver import BootDriver
from ringfence.plan.change import Change

STAGE = grounds.stage("rf-t-outer")
CARDS = tuple(uplink.interface for uplink in STAGE.site.uplinks.values())
LOOK = """
from tests.integration.boot.test_outside_without_python import STAGE, compiled
from ringfence.compile.tolerance import Tolerance
from ringfence.drivers.fabric.driver import FabricDriver
from ringfence.plan.drift import drift

driver = FabricDriver()
made = [one for one in compiled() if one.document.kind in driver.kinds]
print([sentence for one in drift(made, driver.observe(STAGE.scope), Tolerance()) for sentence in one.sentences])
"""
FLAGS = "; ".join(
    f"cat /sys/class/net/{card}/flags /sys/class/net/{card}/ifalias /sys/class/net/{card}/address" for card in CARDS
)


def compiled() -> tuple[Artifact, ...]:
    here = frozenset(STAGE.site.workloads)
    return compile_host(STAGE.site, here, STAGE.bindings, factory.host_facts(), IMAGES, STAGE.scope, factory.NOW)


@pytest.fixture(scope="module")
def boot(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("root")
    (document,) = (one.document for one in compiled() if one.document.kind is Kind.BOOT)
    BootDriver(root).ensure(STAGE.scope, [Change(None, document)])
    return root / boot_folder(STAGE.scope).lstrip("/")


@pytest.fixture
def host(boot: Path) -> Iterator[Host]:
    with started(boot) as found:
        for number, card in enumerate(CARDS):
            found.must(f"ip link add {card} type veth peer name far{number}; ip link set {card} alias 'port {number}'")
        found.must(f"ip link set {CARDS[0]} up; ip link set far0 up")
        yield found


def differences(host: Host, repository: Path) -> str:
    """Return what Ringfence says of what stands; Python is away from this host otherwise."""
    host.must("umount /usr/bin/python3*")
    inside = [*host.enter, "env", f"PYTHONPATH={repository}:{repository / 'src'}", sys.executable, "-c", LOOK]
    done = subprocess.run(inside, capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def test_what_boot_files_make_is_what_was_compiled(host: Host, repository: Path) -> None:
    host.up()
    routes = host.must("ip route; ip -6 route; ip neigh show proxy", STAGE.scope.namespace)
    host.up()
    assert host.must("ip route; ip -6 route; ip neigh show proxy", STAGE.scope.namespace) == routes
    assert differences(host, repository) == "[]"


def test_without_a_card_everything_else_comes_up(host: Host, repository: Path) -> None:
    host.must(f"ip link del {STAGE.site.uplinks['office'].interface}")
    done = host.run(f"sh {host.boot}/fabric-up.sh")
    said = "ringfence: there is no interface t-o-nic1.\nringfence: uplink office is not connected.\n"
    assert (done.returncode, done.stderr) == (0, said)
    assert differences(host, repository) == "['Uplink office is missing.']"


def test_down_gives_the_cards_back_as_they_were(host: Host) -> None:
    before = host.must(FLAGS)
    host.up()
    assert host.run(FLAGS).returncode != 0
    host.must(f"sed -i '/^gone /d' {host.boot}/down.sh; sh {host.boot}/down.sh 0")  # no libvirt here to ask
    assert host.must(FLAGS) == before
    assert host.must("ip netns list") == ""
