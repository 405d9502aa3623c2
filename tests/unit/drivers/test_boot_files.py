# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import dataclasses
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest
from tests import boot_case, factory

from ringfence.base.errors import Refused
from ringfence.compile.boot import boot_folder
from ringfence.compile.document import Document
from ringfence.drivers.boot.driver import BootDriver
from ringfence.plan.change import Change
from ringfence.site.conduit import Conduit

SCOPE = factory.scope()


@pytest.fixture
def document() -> Document:
    return boot_case.boot_document(boot_case.plant(), SCOPE, systemd=True)


@pytest.fixture
def driver(tmp_path: Path) -> BootDriver:
    return BootDriver(tmp_path)


def folder(driver: BootDriver) -> Path:
    return driver.root / boot_folder(SCOPE).lstrip("/")


def test_what_was_written_is_observed(driver: BootDriver, document: Document) -> None:
    assert driver.observe(SCOPE) == {}
    driver.ensure(SCOPE, [Change(None, document)])
    assert driver.observe(SCOPE) == {document.address: document}
    driver.ensure(SCOPE, [Change(None, document)])
    assert driver.observe(SCOPE) == {document.address: document}


def test_an_update_leaves_no_older_file(driver: BootDriver, document: Document) -> None:
    driver.ensure(SCOPE, [Change(None, document)])
    fewer = boot_case.boot_document(factory.site(), SCOPE)
    driver.ensure(SCOPE, [Change(document, fewer)])
    assert driver.observe(SCOPE) == {fewer.address: fewer}
    assert sorted(path.name for path in folder(driver).parent.iterdir() if not path.name.startswith(".")) == ["boot"]
    assert len(list(folder(driver).parent.iterdir())) == 2  # the link and what it leads to
    assert not list(driver.root.rglob("*.service"))


def test_removal_leaves_nothing(driver: BootDriver, document: Document) -> None:
    driver.ensure(SCOPE, [Change(None, document)])
    driver.ensure(SCOPE, [Change(document, None)])
    driver.ensure(SCOPE, [Change(document, None)])
    assert driver.observe(SCOPE) == {}
    assert [path for path in driver.root.rglob("*") if not path.is_dir()] == []
    assert not (driver.root / "etc/ringfence").exists()


def test_every_way_to_tamper_is_seen(driver: BootDriver, document: Document) -> None:
    def observed() -> dict[str, str]:
        return dict(driver.observe(SCOPE)[document.address].parts)

    driver.ensure(SCOPE, [Change(None, document)])
    boot = folder(driver)
    (boot / "guard.nft").write_text("")
    (boot / "more.sh").write_text("")
    (boot / "router.nft").unlink()
    (boot / "up.sh").chmod(0o777)
    (boot / "dhcp-hosts").unlink()
    (boot / "dhcp-hosts").symlink_to("/etc/passwd")
    (driver.root / "etc/systemd/system/multi-user.target.wants/ringfence-works-fabric.service").unlink()
    found = observed()
    changed = {key for key in found.keys() | document.parts.keys() if found.get(key) != document.parts.get(key)}
    assert changed == {
        *("file/guard.nft", "file/more.sh", "mode/more.sh", "file/router.nft", "mode/router.nft", "mode/up.sh"),
        *("file/dhcp-hosts", "mode/dhcp-hosts", "enabled/ringfence-works-fabric.service"),
    }
    driver.ensure(SCOPE, [Change(None, document)])
    assert observed() == document.parts


def test_a_folder_in_the_links_place_is_replaced(driver: BootDriver, document: Document) -> None:
    folder(driver).mkdir(parents=True)
    (folder(driver) / "own.sh").write_text("echo")
    driver.ensure(SCOPE, [Change(None, document)])
    assert driver.observe(SCOPE) == {document.address: document}


def test_a_disk_that_refuses_keeps_the_old_files(driver: BootDriver, document: Document) -> None:
    driver.ensure(SCOPE, [Change(None, document)])
    bad = dataclasses.replace(
        document, body='{"files": {"x": "", "x/y": ""}, "units": {}}', parts={"mode/x": "0600", "mode/x/y": "0600"}
    )
    with pytest.raises(Refused, match="cannot be written") as refused:
        driver.ensure(SCOPE, [Change(document, bad)])
    assert "apply again" in refused.value.next_step
    assert driver.observe(SCOPE) == {document.address: document}
    assert len(list(folder(driver).parent.iterdir())) == 2


def test_the_command_by_hand_is_one_line(driver: BootDriver) -> None:
    assert driver.command(SCOPE) == "sh /etc/ringfence/works/boot/up.sh"


ALTERNATE = """
import sys
from pathlib import Path
from tests import boot_case, factory
from ringfence.drivers.boot.driver import BootDriver
from ringfence.plan.change import Change
from ringfence.site.conduit import Conduit

driver, scope = BootDriver(Path(sys.argv[1])), factory.scope()
sites = [boot_case.plant(), boot_case.plant(boot_case.poll("other"))]
documents = [boot_case.boot_document(site, scope) for site in sites]
driver.ensure(scope, [Change(None, documents[0])])
print("ready", flush=True)
while True:
    for document in reversed(documents):
        driver.ensure(scope, [Change(None, document)])
"""


def test_a_writer_killed_at_any_moment_leaves_the_old_files_or_the_new(driver: BootDriver, repository: Path) -> None:
    conduits: tuple[tuple[Conduit, ...], ...] = ((), (boot_case.poll("other"),))
    whole = [dict(boot_case.boot_document(boot_case.plant(*found), SCOPE).parts) for found in conduits]
    environment = {**os.environ, "PYTHONPATH": f"{repository}:{repository}/src"}
    for milliseconds in (0, 1, 3, 7, 12, 18, 25):
        command = [sys.executable, "-c", ALTERNATE, str(driver.root)]
        with subprocess.Popen(command, stdout=subprocess.PIPE, env=environment) as writer:
            assert writer.stdout is not None
            assert writer.stdout.readline() == b"ready\n"
            time.sleep(milliseconds / 1000)  # the moment of death, not a wait
            writer.kill()
        (found,) = driver.observe(SCOPE).values()
        assert dict(found.parts) in whole
    driver.ensure(SCOPE, [Change(None, boot_case.boot_document(boot_case.plant(), SCOPE))])
    assert len(list(folder(driver).parent.iterdir())) == 2
