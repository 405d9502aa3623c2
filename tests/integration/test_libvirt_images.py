# SPDX-License-Identifier: Apache-2.0
"""Files of the pool: checked, made once, grown, never overwritten; hostile files and full disks leave nothing."""

from __future__ import annotations

import hashlib
import os
import subprocess
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Literal

import pytest
from tests import factory

from ringfence.base.errors import BadInput, Refused, RingfenceError
from ringfence.base.units import MiB
from ringfence.compile.document import Document, Kind
from ringfence.compile.places import Places
from ringfence.compile.scope import Scope
from ringfence.compile.seed import seed_artifact
from ringfence.compile.volume import Base, image_artifacts, volume_artifacts
from ringfence.drivers.images import ImageReader, ImagesDriver
from ringfence.plan.change import Change
from ringfence.site.image import Image
from ringfence.site.workload import CloudInit, Disk

ImageFormat = Literal["qcow2", "raw"]
SCOPE = Scope("rf-t-img", "server1")
UID = 2_000_000_099


@pytest.fixture
def pool(tmp_path: Path) -> Path:
    tmp_path.chmod(0o755)
    return tmp_path / "pool"


@pytest.fixture
def driver(pool: Path) -> ImagesDriver:
    return ImagesDriver(str(pool))


def source(folder: Path, size: int = 4 * MiB, name: str = "image.qcow2") -> Path:
    path = folder / name
    subprocess.run(["qemu-img", "create", "-q", "-f", "qcow2", path, str(size)], check=True)
    return path


def base_of(path: Path, form: ImageFormat = "qcow2") -> Base:
    facts = ImageReader().facts(Image("nano", str(path), form))
    return Base(Image("nano", str(path)), facts.sha256, form, facts.virtual_size)


def image_of(pool: Path, base: Base) -> Document:
    return image_artifacts(Places(str(pool), SCOPE), {"root": base})[0].document


def volume_of(pool: Path, base: Base | None, size_mib: int | None = 8) -> Document:
    workload = factory.workload("plc", disks=(Disk("root", size_mib=size_mib),))
    bases = {"root": base} if base else {}
    return volume_artifacts(Places(str(pool), SCOPE), workload, bases, UID, {})[0].document


def seed_of(pool: Path, words: str = "#cloud-config\n") -> Document:
    workload = factory.workload("plc", cloud_init=CloudInit(words))
    site, bound = factory.site([workload]), factory.binding(workload)
    return seed_artifact(Places(str(pool), SCOPE), site, workload, bound, UID, {})[0].document


def make(driver: ImagesDriver, *documents: Document) -> None:
    for document in documents:
        driver.ensure(SCOPE, [Change(None, document)])


def files(pool: Path) -> list[str]:
    return sorted(str(path.relative_to(pool)) for path in pool.rglob("*") if not path.is_dir())


def test_made_again_observed_equal_and_removed(driver: ImagesDriver, pool: Path, tmp_path: Path) -> None:
    base = base_of(source(tmp_path))
    documents = [image_of(pool, base), volume_of(pool, base), seed_of(pool)]
    for _ in range(2):
        make(driver, *documents)
        found = driver.observe(SCOPE)
        assert {address: dict(document.parts) for address, document in found.items()} == {
            document.address: dict(document.parts) for document in documents
        }
    assert driver.imported(SCOPE)[base.sha256].virtual_size == base.virtual_size
    info = subprocess.run(
        ["qemu-img", "check", documents[1].parts["path"]], capture_output=True, text=True, check=False
    )
    assert info.returncode == 0, info.stderr
    Path(documents[1].parts["path"]).with_name("plc.nvram").write_bytes(b"left by libvirt")
    for document in reversed(documents):
        driver.ensure(SCOPE, [Change(document, None)])
        driver.ensure(SCOPE, [Change(document, None)])
    assert not pool.exists()


def test_a_seed_reads_as_nocloud_and_is_the_same_every_time(driver: ImagesDriver, pool: Path) -> None:
    document = seed_of(pool, "#cloud-config\nümläut: yes\n")
    make(driver, document)
    path = Path(document.parts["path"])
    first = path.read_bytes()
    read = subprocess.run(["mtype", "-i", path, "::/user-data"], capture_output=True, check=True).stdout
    assert read.decode() == "#cloud-config\nümläut: yes\n"
    assert b"CIDATA" in subprocess.run(["blkid", "-p", path], capture_output=True, check=True).stdout
    path.unlink()
    make(driver, document)
    assert path.read_bytes() == first
    path.write_bytes(first[:100] + b"x" + first[101:])
    assert driver.observe(SCOPE)[document.address].parts["content"] == "altered"
    make(driver, document)
    assert path.read_bytes() == first
    changed = seed_of(pool, "#cloud-config\nother: yes\n")
    before = driver.observe(SCOPE)[document.address]
    make(driver, changed)
    driver.ensure(SCOPE, [Change(changed, before)])
    assert path.read_bytes() == first, "undo makes the old seed again"


def test_a_volume_grows_and_never_shrinks_or_changes_its_base(driver: ImagesDriver, pool: Path, tmp_path: Path) -> None:
    base = base_of(source(tmp_path))
    make(driver, image_of(pool, base), volume_of(pool, base))
    path = Path(volume_of(pool, base).parts["path"])
    subprocess.run(["qemu-io", "-f", "qcow2", "-c", "write -P 7 0 64k", path], check=True, capture_output=True)
    make(driver, volume_of(pool, base, 16))
    assert driver.observe(SCOPE)[volume_of(pool, base).address].parts["size"] == "16 MiB"
    before = path.read_bytes()
    with pytest.raises(Refused, match="cut off data"):
        make(driver, volume_of(pool, base, 8))
    with pytest.raises(Refused, match="another backing"):
        make(driver, volume_of(pool, None, 16))
    assert path.read_bytes() == before
    path.chmod(0o666)
    os.chown(path, 0, 0)
    make(driver, volume_of(pool, base, 16))
    assert (path.stat().st_uid, path.stat().st_mode & 0o777) == (UID, 0o600)


def test_what_is_in_use_is_neither_removed_nor_grown(driver: ImagesDriver, pool: Path, tmp_path: Path) -> None:
    base = base_of(source(tmp_path))
    volume = volume_of(pool, base)
    make(driver, image_of(pool, base), volume)
    command = ["qemu-io", "-f", "qcow2", volume.parts["path"]]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=0) as user:
        assert user.stdin is not None
        assert user.stdout is not None
        user.stdin.write("length\n")
        user.stdout.readline()
        with pytest.raises(Refused, match="in use"):
            driver.ensure(SCOPE, [Change(volume, None)])
        with pytest.raises(Refused, match="in use"):
            make(driver, volume_of(pool, base, 32))
        asked: dict[str, int] = {}
        live = ImagesDriver(str(pool), lambda path, size: asked.setdefault(path, size) == size)
        make(live, volume_of(pool, base, 32))
        assert asked == {volume.parts["path"]: 32 * MiB}
        user.stdin.close()
    with pytest.raises(Refused, match="still under the volume"):
        driver.ensure(SCOPE, [Change(image_of(pool, base), None)])


def hostile(folder: Path) -> Iterator[tuple[str, Path, ImageFormat]]:
    secret = folder / "secret"
    secret.write_bytes(b"root:x:0:0" * 512)
    vmdk = folder / "vmdk"
    vmdk.write_text(f'# Disk DescriptorFile\nversion=1\ncreateType="monolithicFlat"\nRW 10 FLAT "{secret}" 0\n')
    yield "backing", created(folder / "a", options=["-F", "raw", "-b", str(secret)]), "qcow2"
    yield "data file", created(folder / "b", options=["-o", f"data_file={folder / 'c'}"], size="1M"), "qcow2"
    yield "other format", vmdk, "qcow2"
    yield "absurd size", created(folder / "e", size="65T"), "qcow2"
    yield "qcow2 said to be raw", created(folder / "f", size="1M"), "raw"


def created(path: Path, options: Sequence[str] = (), size: str | None = None) -> Path:
    words = [*options, str(path), *([size] if size else [])]
    subprocess.run(["qemu-img", "create", "-q", "-f", "qcow2", *words], check=True)
    return path


def test_hostile_images_are_refused_when_read_and_when_imported(
    driver: ImagesDriver, pool: Path, tmp_path: Path
) -> None:
    for name, path, form in hostile(tmp_path):
        with pytest.raises(BadInput):
            ImageReader().facts(Image("nano", str(path), form))
        if form == "qcow2":
            sha256 = hashlib.sha256(path.read_bytes()).hexdigest()
            with pytest.raises(RingfenceError):
                make(driver, image_of(pool, Base(Image("nano", str(path)), sha256, form, MiB)))
            assert files(pool) == [], name


def test_an_image_that_changed_since_the_plan_is_refused(driver: ImagesDriver, pool: Path, tmp_path: Path) -> None:
    path = source(tmp_path)
    base = base_of(path)
    with path.open("ab") as file:
        file.write(b"x")
    with pytest.raises(Refused, match="changed since it was planned"):
        make(driver, image_of(pool, base))
    with pytest.raises(BadInput, match="the site says"):
        ImageReader().facts(Image("nano", str(path), sha256=base.sha256))
    assert files(pool) == []


def test_links_and_open_folders_in_the_pool_are_refused(driver: ImagesDriver, pool: Path, tmp_path: Path) -> None:
    base = base_of(source(tmp_path))
    victim = tmp_path / "victim"
    victim.mkdir()
    pool.mkdir(0o711)
    (pool / SCOPE.site).symlink_to(victim)
    with pytest.raises(Refused, match="cannot be opened"):
        make(driver, image_of(pool, base))
    (pool / SCOPE.site).unlink()
    make(driver, image_of(pool, base))
    (victim / "file").write_text("kept")
    link = Path(volume_of(pool, base).parts["path"])
    link.symlink_to(victim / "file")
    with pytest.raises(Refused, match="cannot be opened"):
        make(driver, volume_of(pool, base))
    assert (victim / "file").read_text() == "kept"
    link.unlink()
    (pool / SCOPE.site).chmod(0o777)
    with pytest.raises(Refused, match="written to by others"):
        make(driver, volume_of(pool, base))


def test_a_path_outside_the_pool_is_refused(driver: ImagesDriver, pool: Path, tmp_path: Path) -> None:
    outside = volume_of(tmp_path / "elsewhere", None)
    with pytest.raises(Refused, match="outside"):
        make(driver, outside)
    crooked = replace(outside, parts={**outside.parts, "path": f"{pool}/rf-t-img/../../x.y.qcow2"})
    with pytest.raises(Refused):
        make(driver, crooked)
    assert not pool.exists()


def test_a_full_disk_says_so_and_leaves_nothing(tmp_path: Path) -> None:
    tmp_path.chmod(0o755)
    big = source(tmp_path, 512 * MiB)
    subprocess.run(["qemu-io", "-f", "qcow2", "-c", "write -P 7 0 24M", big], check=True, capture_output=True)
    small = tmp_path / "small"
    small.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=8M,mode=711", "tmpfs", small], check=True)
    try:
        driver, base = ImagesDriver(str(small)), base_of(big)
        with pytest.raises(Refused, match="disk is full"):
            make(driver, image_of(small, base))
        (small / "filler").write_bytes(b"x" * (8 * MiB - 16384))
        with pytest.raises(Refused, match="disk is full"):
            make(driver, seed_of(small))
        assert files(small) == ["filler"]
    finally:
        subprocess.run(["umount", small], check=True)


def test_what_an_interrupted_import_left_is_overwritten(driver: ImagesDriver, pool: Path, tmp_path: Path) -> None:
    base = base_of(source(tmp_path))
    document = image_of(pool, base)
    make(driver, document)
    path = Path(document.parts["path"])
    half = path.with_name(f".new-{path.name}")
    path.rename(half)
    half.write_bytes(b"half")
    assert driver.observe(SCOPE) == {}
    make(driver, document)
    assert hashlib.sha256(path.read_bytes()).hexdigest() == base.sha256
    assert files(pool) == [f"{SCOPE.site}/base/{path.name}"]


def test_digests_are_remembered_until_the_file_changes(tmp_path: Path) -> None:
    path, cache = source(tmp_path), tmp_path / "cache" / "digests.json"
    image = Image("nano", str(path))
    first = ImageReader(cache).facts(image)
    assert cache.exists()
    assert ImageReader(cache).facts(image) == first
    with path.open("r+b") as file:
        file.seek(-1, os.SEEK_END)
        file.write(b"x")
    assert ImageReader(cache).facts(image).sha256 == hashlib.sha256(path.read_bytes()).hexdigest() != first.sha256
    cache.write_text("no json")
    assert ImageReader(cache).facts(image).sha256 != first.sha256


def test_raw_images_keep_their_holes(driver: ImagesDriver, pool: Path, tmp_path: Path) -> None:
    path = tmp_path / "image.raw"
    with path.open("wb") as file:
        file.write(b"boot" + bytes(506) + b"\x55\xaa")
        file.truncate(64 * MiB)
    document = image_of(pool, base_of(path, "raw"))
    make(driver, document)
    imported = Path(document.parts["path"])
    assert imported.stat().st_size == 64 * MiB
    assert imported.stat().st_blocks * 512 < 8 * MiB
    assert driver.observe(SCOPE)[document.address].parts == document.parts


def test_kinds(driver: ImagesDriver) -> None:
    assert driver.kinds == {Kind.IMAGE, Kind.VOLUME, Kind.SEED}
    assert driver.observe(SCOPE) == {}
