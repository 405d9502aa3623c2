# SPDX-License-Identifier: Apache-2.0
"""The smallest plant comes up, and a host without room or without a writable state folder is told, not harmed."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from tests.integration.waterworks import plant
from tests.integration.waterworks.host import left_of
from tests.integration.waterworks.works import REPOSITORY, Works, meddle, replaced, standing

SITE = "rf-t-small"
POOL = f"/var/lib/libvirt/images/{SITE}-pool"
NANO = plant.GUESTS / "nano.qcow2"
OTHER = """
  other:
    description: One more.
    zone: plant
    memory: 128 MiB
    image: cloud
"""

pytestmark = pytest.mark.skipif(not NANO.exists(), reason="needs guests/build")


def minimal() -> str:
    """The example's site file, with the nano guest in the place of a cloud image."""
    return replaced(
        (REPOSITORY / "examples/minimal/site.yaml").read_text(),
        {
            "\n  name: minimal\n": f"\n  name: {SITE}\n",
            "\nhosts:\n  server1:\n": f"\nhosts:\n  server1: {{pool: {POOL}}}\n",
            "    memory: 1 GiB\n": "    memory: 128 MiB\n",
            "      - tcp: 22 ": "      - tcp: 7 ",
            "        #cloud-config\n": "        #ringfence-nano\n        ECHO=1\n",
        },
    )


@pytest.fixture
def works(tmp_path: Path) -> Iterator[Works]:
    (tmp_path / "cloud.qcow2").symlink_to(NANO.resolve())
    with standing(Works(SITE, tmp_path, minimal())) as made:
        yield made


@contextmanager
def mounted(folder: Path, *options: str) -> Iterator[Path]:
    folder.mkdir(parents=True, exist_ok=True)
    meddle("mount", "-t", "tmpfs", *options, "tmpfs", str(folder))
    try:
        yield folder
    finally:
        subprocess.run(["umount", folder], check=True)
        folder.rmdir()


def free_bytes(folder: Path) -> int:
    found = os.statvfs(folder)
    return found.f_bavail * found.f_frsize


def ways_on(works: Works, held: str) -> set[tuple[str, str, str]]:
    """Return where an intruder could go on from one end of the running plant, through what, and how that is judged."""
    found = works.must("--json", "map", "--attack-paths", held).json["paths"]["direct"]
    return {(step["target"], step["through"], step["state"]) for step in found}


def test_one_zone_and_one_machine_from_an_image_beside_the_site_file(works: Works) -> None:
    works.apply()
    assert works.health() == {"server": "healthy"}
    assert works.drift() == []
    log = Path(f"/var/log/libvirt/qemu/{works.domain('server')}.console.log").read_text(errors="replace")
    assert "RINGFENCE-GUEST-UP server " in log  # the name comes from the seed
    assert ways_on(works, "server") == {
        ("host", "process", "blocked"),
        ("host", "router", "unproven"),  # nobody looks at what confines the address service
        ("router", "probe/server", "declared"),
        ("router", "standing/leases", "declared"),
    }
    assert {one for one in ways_on(works, "host") if one[2] not in {"open", "declared"}} == set()
    works.must("destroy", "--yes", "--all-data", "--forget")
    assert left_of(works) == []


def test_a_full_disk_is_told_and_nothing_is_left(works: Works) -> None:
    with mounted(works.pool, "-o", "size=2M,mode=0711"):
        done = works.run("apply", "--yes")
        assert done.status == 3, done.text
        assert "No space left" in done.words or "is full" in done.words, done.text
        assert "everything it had touched was taken back" in done.words
        assert works.pids() == {}
        assert [path for path in works.pool.rglob("*") if path.is_file()] == []
        works.must("destroy", "--yes", "--all-data", "--forget")
    assert left_of(works) == []


def test_a_full_state_folder_harms_nobody_and_is_told(works: Works) -> None:
    with mounted(works.state, "-o", "size=8M,mode=0700") as folder:
        works.apply()
        pids, second = works.pids(), replaced(works.text, {"\nworkloads:\n": f"\nworkloads:\n{OTHER}"})
        (folder / "filler").write_bytes(bytes(free_bytes(folder)))
        done = works.run("apply", "--yes", text=second)
        assert done.status == 3, done.text
        assert "is full" in done.words, done.text
        assert works.pids() == pids
        (folder / "filler").unlink()
        assert works.health() == {"server": "healthy"}
        assert works.drift() == []
        works.apply(second)
        assert works.health() == {"server": "healthy", "other": "healthy"}
        works.must("destroy", "--yes", "--all-data", "--forget")


def test_a_state_folder_that_cannot_be_written_is_told_and_nothing_is_changed(works: Works) -> None:
    works.apply()
    pids, folder = works.pids(), works.state
    changed = works.text.replace("description: A Linux server.", "description: Another.").replace("128 MiB", "160 MiB")
    meddle("mount", "--bind", str(folder), str(folder))
    meddle("mount", "-o", "remount,ro,bind", str(folder))
    try:
        done = works.run("apply", "--yes", text=changed)
    finally:
        meddle("umount", str(folder))
    assert done.status == 3, done.text
    assert "read-only" in done.words.lower(), done.text
    assert works.pids() == pids
    assert works.drift() == []
    assert works.must("--json", "revisions").json["revisions"][0]["number"] == 1
