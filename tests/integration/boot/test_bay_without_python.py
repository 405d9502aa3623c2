# SPDX-License-Identifier: Apache-2.0
"""The boot files bring layer-2 conduits and their wire back, go on without a wire, and give it back."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests import factory
from tests.boot_case import IMAGES
from tests.integration.boot.test_fabric_without_python import Host, started
from tests.packets import bay

from ringfence.compile.boot import boot_folder
from ringfence.compile.compiler import compile_host
from ringfence.compile.document import Artifact, Kind
from ringfence.drivers.boot.driver import BootDriver
from ringfence.plan.change import Change

SCOPE = bay.scope("rf-t-bay")
LOOK = """
from tests.integration.boot.test_bay_without_python import SCOPE, compiled
from ringfence.compile.tolerance import Tolerance
from ringfence.drivers.fabric.driver import FabricDriver
from ringfence.plan.drift import drift

driver = FabricDriver()
made = [one for one in compiled() if one.document.kind in driver.kinds]
print([sentence for one in drift(made, driver.observe(SCOPE), Tolerance()) for sentence in one.sentences])
"""
FLAGS = f"cat /sys/class/net/{bay.WIRE}/flags /sys/class/net/{bay.WIRE}/ifalias"


def compiled() -> tuple[Artifact, ...]:
    site = bay.site(SCOPE.site)
    here = frozenset(site.workloads)
    return compile_host(site, here, bay.bindings(site), factory.host_facts(), IMAGES, SCOPE, factory.NOW)


@pytest.fixture(scope="module")
def boot(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("root")
    (document,) = (one.document for one in compiled() if one.document.kind is Kind.BOOT)
    BootDriver(root).ensure(SCOPE, [Change(None, document)])
    return root / boot_folder(SCOPE).lstrip("/")


@pytest.fixture
def host(boot: Path) -> Iterator[Host]:
    with started(boot) as found:
        yield found


def plug(host: Host) -> None:
    host.must(f"ip link add {bay.WIRE} type veth peer name t-bay1; ip link set {bay.WIRE} alias 'port 3'")


def test_what_boot_files_make_is_what_was_compiled(host: Host, repository: Path) -> None:
    plug(host)
    host.up()
    host.up()
    host.must("umount /usr/bin/python3*")
    inside = [*host.enter, "env", f"PYTHONPATH={repository}:{repository / 'src'}", sys.executable, "-c", LOOK]
    done = subprocess.run(inside, capture_output=True, text=True, check=False, timeout=60)
    assert (done.stdout, done.stderr) == ("[]\n", "")


def test_without_the_wire_everything_else_comes_up(host: Host) -> None:
    done = host.run(f"sh {host.boot}/fabric-up.sh")
    assert (done.returncode, f"there is no interface {bay.WIRE}" in done.stderr) == (0, True)
    assert "ringfence:rf-t-bay/live/port/relay/eth0" in host.must("ip link")


def test_down_gives_the_wire_back(host: Host) -> None:
    plug(host)
    before = host.must(FLAGS)
    host.up()
    assert host.must(FLAGS) != before
    host.must(f"sed -i '/^gone /d' {host.boot}/down.sh; sh {host.boot}/down.sh 0")  # no libvirt here to ask
    assert host.must(FLAGS) == before
    assert host.run(f"cat /sys/class/net/{bay.WIRE}/brport/state").returncode != 0
