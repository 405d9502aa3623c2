# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import dataclasses
import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest
from tests import boot_case, factory

from ringfence.compile.boot import boot_artifact, boot_folder, up_command
from ringfence.compile.document import Kind
from ringfence.compile.scope import Endpoints

LIVE = factory.scope()
STUBS = factory.scope(endpoints=Endpoints.STUB)


def scripts(files: dict[str, str]) -> dict[str, str]:
    return {name: text for name, text in files.items() if name.endswith(".sh")}


def test_every_file_is_a_part_and_scripts_may_be_run() -> None:
    document = boot_case.boot_document(boot_case.plant(), LIVE)
    assert document.kind is Kind.BOOT
    assert document.address == "host/server1/live/boot/files"
    names = {key.removeprefix("file/") for key in document.parts if key.startswith("file/")}
    assert names >= {"fabric-up.sh", "workloads-up.sh", "up.sh", "down.sh", "router.nft", "guard.nft"}
    assert names >= {"dnsmasq.conf", "dhcp-hosts", "domains/plc.xml", "ports/plc.sh"}
    for name in names:
        assert document.parts[f"mode/{name}"] == ("0700" if name.endswith(".sh") else "0600")


def test_a_changed_conduit_changes_the_router_file_alone() -> None:
    before = boot_case.boot_document(boot_case.plant(), LIVE).parts
    after = boot_case.boot_document(boot_case.plant(boot_case.poll(), boot_case.poll("again")), LIVE).parts
    assert {key for key in before.keys() | after.keys() if before.get(key) != after.get(key)} == {"file/router.nft"}


def test_workloads_start_in_after_order_behind_bounded_waits() -> None:
    text = boot_case.files_of(boot_case.plant(), LIVE)["workloads-up.sh"]
    steps = [line for line in text.splitlines() if line.startswith(("begin ", "await "))]
    assert steps == [
        "begin plc works-plc",
        "await plc 120 works-plc 10.91.1.10 502",
        "begin scada works-scada",
        "await scada 60 works-scada 10.91.1.11 80",
        "begin a-historian works-a-historian",
    ]


def test_what_goes_down_goes_in_the_reverse_order() -> None:
    text = boot_case.files_of(boot_case.plant(), LIVE)["down.sh"]
    found = re.findall(r'^gone "\$patience" works-(.*)$', text, re.MULTILINE)
    assert found == ["a-historian", "scada", "plc"]


def test_workloads_in_a_circle_are_all_started() -> None:
    circle = {
        "plc": factory.workload("plc", after=("scada",)),
        "scada": factory.workload("scada", after=("plc",)),
    }
    text = boot_case.files_of(dataclasses.replace(boot_case.plant(), workloads=circle), LIVE)["workloads-up.sh"]
    assert "begin plc works-plc" in text
    assert "begin scada works-scada" in text


def test_standing_conduits_are_open_and_closed_ones_are_not() -> None:
    site = boot_case.plant(boot_case.poll(), boot_case.expired(), boot_case.poll("remote", dormant=True))
    router = boot_case.files_of(site, LIVE)["router.nft"]
    assert re.search(r"add element inet rf_works_live c4_\w+ .*10\.91\.1\.11 \. 10\.91\.1\.10", router)
    assert '"old' not in router
    assert "timeout 3" not in router  # no grant is written down


def test_tables_are_replaced_in_one_transaction() -> None:
    files = boot_case.files_of(boot_case.plant(), LIVE)
    for name, table in (("router.nft", "inet rf_works_live"), ("guard.nft", "bridge rf_works_live")):
        lines = files[name].splitlines()
        assert lines[:3] == [f"add table {table}", f"delete table {table}", f"add table {table}"]


def test_rules_stand_before_the_links_they_guard() -> None:
    text = boot_case.files_of(boot_case.plant(), LIVE)["fabric-up.sh"]
    guard, router, bridge = text.index("nft -f guard.nft"), text.index("nft -f router.nft"), text.index("type bridge")
    assert guard < router < bridge


def test_units_are_for_systemd_and_the_live_fabric_only() -> None:
    site = boot_case.plant()
    assert not [name for name in boot_case.files_of(site, LIVE) if name.endswith(".service")]
    sealed = factory.scope(fabric="drill")
    assert not [name for name in boot_case.files_of(site, sealed, systemd=True) if name.endswith(".service")]
    document = boot_case.boot_document(site, LIVE, systemd=True)
    assert document.parts["enabled/ringfence-works-fabric.service"] == "yes"
    units = boot_case.files_of(site, LIVE, systemd=True)
    assert "Before=libvirtd.service" in units["ringfence-works-fabric.service"]
    assert "Requires=ringfence-works-fabric.service" in units["ringfence-works-workloads.service"]
    assert not any("ExecStop" in units[name] for name in units if name.endswith(".service"))


def test_nothing_needs_python() -> None:
    assert not any("python" in text for text in scripts(boot_case.files_of(boot_case.plant(), LIVE)).values())


def test_an_empty_site_boots_to_nothing() -> None:
    artifact = boot_artifact((), factory.site(), LIVE, factory.host_facts())
    assert "file/up.sh" in artifact.document.parts
    assert up_command(LIVE) == f"sh {boot_folder(LIVE)}/up.sh"


@pytest.mark.parametrize("scope", [LIVE, STUBS], ids=["taps", "stubs"])
def test_scripts_are_sound(scope: object, tmp_path: Path) -> None:
    assert scope in {LIVE, STUBS}
    files = scripts(boot_case.files_of(boot_case.plant(), LIVE if scope is LIVE else STUBS))
    paths = [tmp_path / name.replace("/", "-") for name in files]
    for path, text in zip(paths, files.values(), strict=True):
        path.write_text(text)
    command = ["shellcheck", "--shell=sh", "--severity=warning", *map(str, paths)]
    found = subprocess.run(command, check=False, capture_output=True, text=True)
    assert found.stdout + found.stderr == ""


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="needs systemd-analyze")
def test_systemd_takes_the_units(tmp_path: Path) -> None:
    files = boot_case.files_of(boot_case.plant(), LIVE, systemd=True)
    units = {name: text for name, text in files.items() if name.endswith(".service")}
    for name, text in units.items():
        (tmp_path / name).write_text(text)
    command = ["systemd-analyze", "verify", "--man=no", *(str(tmp_path / name) for name in units)]
    found = subprocess.run(
        command, env={**os.environ, "SYSTEMD_UNIT_PATH": f"{tmp_path}:"}, check=False, capture_output=True, text=True
    )
    assert [line for line in found.stderr.splitlines() if "ringfence-" in line] == []
