# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from tests import factory
from tests.unit.compile.test_hostnet import compiled, uplink

from ringfence.base.errors import Refused
from ringfence.compile.document import Document
from ringfence.compile.part.hostnet import FOLDERS
from ringfence.drivers.hostnet.driver import HostnetDriver
from ringfence.plan.change import Change

SCOPE = factory.scope()
FILES = {one.address: one.document for one in compiled(uplink()).values()}
PLANT = FILES[SCOPE.address("hostnet", "plant")]


@pytest.fixture
def driver(tmp_path: Path) -> HostnetDriver:
    return HostnetDriver(tmp_path)


def stand(driver: HostnetDriver, *documents: Document) -> None:
    driver.ensure(SCOPE, [Change(None, one) for one in documents])


def names(driver: HostnetDriver) -> list[str]:
    return sorted(path.name for path in driver.root.rglob("*") if not path.is_dir())


def test_what_was_written_is_observed(driver: HostnetDriver) -> None:
    assert driver.observe(SCOPE) == {}
    stand(driver, *FILES.values())
    assert driver.observe(SCOPE) == FILES
    stand(driver, *FILES.values())
    assert driver.observe(SCOPE) == FILES
    assert driver.observe(factory.scope(fabric="copy")) == {}


def test_files_of_others_are_left(driver: HostnetDriver) -> None:
    others = (
        "etc/systemd/network/10-lan.network",
        "etc/netplan/01-netcfg.yaml",
        "etc/netplan/90-ringfence-works-2_plant.yaml",
    )
    for path in others:
        place = driver.root / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text("theirs")
    stand(driver, *FILES.values())
    assert driver.observe(SCOPE) == FILES
    driver.ensure(SCOPE, [Change(one, None) for one in FILES.values()])
    assert driver.observe(SCOPE) == {}
    assert names(driver) == sorted(path.rsplit("/", 1)[-1] for path in others)


def test_a_file_that_is_no_longer_wanted_goes(driver: HostnetDriver) -> None:
    stand(driver, PLANT)
    fewer = compiled(uplink(), tools=frozenset({"networkd"}))[PLANT.address].document
    driver.ensure(SCOPE, [Change(PLANT, fewer)])
    assert driver.observe(SCOPE) == {PLANT.address: fewer}


def test_every_way_to_tamper_is_seen(driver: HostnetDriver) -> None:
    stand(driver, *FILES.values())
    networkd, manager, netplan, ifupdown = (driver.root / folder.lstrip("/") for folder in FOLDERS)
    (networkd / "05-ringfence-works_plant.network").write_text("[Match]\n")
    (networkd / "05-ringfence-works_plant.link").write_text("")
    (manager / "90-ringfence-works_plant.conf").unlink()
    (netplan / "90-ringfence-works_plant.yaml").chmod(0o644)
    (ifupdown / "ringfence-works_plant").unlink()
    (ifupdown / "ringfence-works_plant").symlink_to("/etc/passwd")
    found, wanted = driver.observe(SCOPE)[PLANT.address].parts, PLANT.parts
    changed = {key for key in found.keys() | wanted.keys() if found.get(key) != wanted.get(key)}
    assert changed == {
        "file/etc/systemd/network/05-ringfence-works_plant.network",
        "file/etc/systemd/network/05-ringfence-works_plant.link",
        "mode/etc/systemd/network/05-ringfence-works_plant.link",
        "file/etc/NetworkManager/conf.d/90-ringfence-works_plant.conf",
        "mode/etc/NetworkManager/conf.d/90-ringfence-works_plant.conf",
        "mode/etc/netplan/90-ringfence-works_plant.yaml",
        "file/etc/network/interfaces.d/ringfence-works_plant",
        "mode/etc/network/interfaces.d/ringfence-works_plant",
    }
    stand(driver, PLANT)
    assert driver.observe(SCOPE) == FILES


def test_folders_that_are_made_can_be_read_by_the_tools(driver: HostnetDriver) -> None:
    stand(driver, *FILES.values())
    modes = {folder: (driver.root / folder.lstrip("/")).stat().st_mode & 0o777 for folder in FOLDERS}
    assert set(modes.values()) == {0o755}


def test_a_place_that_cannot_be_written_is_told(driver: HostnetDriver) -> None:
    (driver.root / "etc").mkdir()
    (driver.root / "etc/systemd").write_text("no folder")
    with pytest.raises(Refused, match="cannot be written") as refused:
        stand(driver, PLANT)
    assert "apply again" in refused.value.next_step


ALTERNATE = """
import sys
from pathlib import Path
from tests.unit.drivers.test_hostnet_files import FILES, PLANT, SCOPE
from tests.unit.compile.test_hostnet import compiled, uplink
from ringfence.drivers.hostnet.driver import HostnetDriver
from ringfence.plan.change import Change

driver = HostnetDriver(Path(sys.argv[1]))
other = compiled(uplink(interface="eno3"))[PLANT.address].document
driver.ensure(SCOPE, [Change(None, PLANT)])
print("ready", flush=True)
while True:
    for document in (other, PLANT):
        driver.ensure(SCOPE, [Change(None, document)])
"""


def test_a_writer_killed_at_any_moment_leaves_whole_files(driver: HostnetDriver, repository: Path) -> None:
    other = compiled(uplink(interface="eno3"))[PLANT.address].document
    whole = {*PLANT.parts.items(), *other.parts.items()}
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path), "PWD": str(repository)}
    for milliseconds in (0, 1, 3, 7, 12):
        command = [sys.executable, "-c", ALTERNATE, str(driver.root)]
        with subprocess.Popen(command, stdout=subprocess.PIPE, env=environment, cwd=repository) as writer:
            assert writer.stdout is not None
            assert writer.stdout.readline() == b"ready\n"
            time.sleep(milliseconds / 1000)  # the moment of death, not a wait
            writer.send_signal(signal.SIGKILL)
        (found,) = driver.observe(SCOPE).values()
        assert set(found.parts.items()) <= whole
    stand(driver, PLANT)
    assert driver.observe(SCOPE) == {PLANT.address: PLANT}
