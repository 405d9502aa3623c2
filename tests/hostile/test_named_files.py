# SPDX-License-Identifier: Apache-2.0
"""Files that a stranger's site file names: links, pipes, devices, secrets, endless ones."""

from __future__ import annotations

import os
import tracemalloc
from pathlib import Path

import pytest
from tests.unit.cli.conftest import Desk

from ringfence.base.errors import BadInput
from ringfence.drivers.images.reader import ImageReader
from ringfence.observe.raw_disk import looks_like_disk
from ringfence.site.image import Image

SECRET = "#cloud-config\nchpasswd: {list: 'root:very-secret'}\n"


def _names(desk: Desk, file: str) -> None:
    desk.change("    after: [plc]", f"    after: [plc]\n    cloud_init: {{user_data_file: {file}}}")


@pytest.mark.timeout(20)
@pytest.mark.parametrize("name", ["link", "folder/secret.yaml", "pipe", "device", "folder", "up/secret.yaml"])
def test_first_boot_instructions_come_from_the_site_s_folder_only(desk: Desk, tmp_path: Path, name: str) -> None:
    elsewhere = tmp_path.parent / f"{tmp_path.name}-elsewhere"
    elsewhere.mkdir()
    (elsewhere / "secret.yaml").write_text(SECRET)
    (tmp_path / "link").symlink_to(elsewhere / "secret.yaml")
    (tmp_path / "folder").symlink_to(elsewhere)
    (tmp_path / "up").symlink_to(f"../{elsewhere.name}")
    (tmp_path / "device").symlink_to("/dev/zero")
    os.mkfifo(tmp_path / "pipe")
    _names(desk, name)
    ran = desk("check")
    assert ran.status == 2
    assert "cannot be read" in ran.err
    assert "very-secret" not in ran.out + ran.err


def test_first_boot_instructions_in_the_folder_are_read_also_through_a_link(desk: Desk, tmp_path: Path) -> None:
    (tmp_path / "parts").mkdir()
    (tmp_path / "parts" / "common.yaml").write_text(SECRET)
    (tmp_path / "scada.yaml").symlink_to("parts/common.yaml")
    _names(desk, "scada.yaml")
    assert desk("plan").status == 0


@pytest.mark.timeout(20)
def test_endless_first_boot_instructions_cost_little(desk: Desk, tmp_path: Path) -> None:
    with (tmp_path / "huge.yaml").open("wb") as file:
        file.write(b"#cloud-config\n")
        file.truncate(1 << 40)
    _names(desk, "huge.yaml")
    tracemalloc.start()
    ran = desk("check")
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert ran.status == 2
    assert "at most 1048576 may stand here" in ran.err
    assert peak < 64 << 20


def _refused(path: Path | str, form: str) -> str:
    with pytest.raises(BadInput) as caught:
        ImageReader().facts(Image("disk", str(path), form))  # type: ignore[arg-type]  # one of the two
    return caught.value.problem


@pytest.mark.timeout(20)
@pytest.mark.parametrize("form", ["raw", "qcow2"])
def test_what_is_no_file_is_no_image(tmp_path: Path, form: str) -> None:
    os.mkfifo(tmp_path / "pipe")
    for path in (tmp_path / "pipe", tmp_path, "/dev/zero", "/proc/self/mem"):
        assert "cannot be used" in _refused(path, form)


@pytest.mark.parametrize("path", ["/etc/passwd", "/etc/ssl/openssl.cnf", "/proc/cmdline", "/proc/kcore", __file__])
def test_a_file_of_the_host_is_no_raw_disk(path: str) -> None:
    if Path(path).exists():
        assert "cannot be used" in _refused(path, "raw")


@pytest.mark.timeout(20)
@pytest.mark.parametrize("form", ["raw", "qcow2"])
def test_images_that_hold_next_to_nothing_are_not_read_for_hours(tmp_path: Path, form: str) -> None:
    path = tmp_path / "huge"
    with path.open("wb") as file:
        file.write(bytes(510) + b"\x55\xaa")
        file.truncate(4 << 40)
    assert "are empty" in _refused(path, form)


@pytest.mark.parametrize(
    ("at", "sign"), [(510, b"\x55\xaa"), (1080, b"\x53\xef"), (0, b"XFSB"), (32769, b"CD001"), (65600, b"_BHRfS_M")]
)
def test_disks_are_known_by_what_lies_on_them(at: int, sign: bytes) -> None:
    disk = bytearray(b"\1" * (1 << 17))
    assert not looks_like_disk(bytes(disk))
    disk[at : at + len(sign)] = sign
    assert looks_like_disk(bytes(disk))


def test_an_empty_disk_is_a_disk() -> None:
    assert looks_like_disk(bytes(1 << 17))
