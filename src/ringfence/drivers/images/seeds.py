# SPDX-License-Identifier: Apache-2.0
"""Seeds: a small FAT file system made the same way every time, replaced in one step."""

from __future__ import annotations

import json
import os
import tempfile
from pathlib import Path

from ringfence.base.errors import Refused
from ringfence.base.units import KiB
from ringfence.compile.document import Document
from ringfence.observe.seeds import seal, unseal
from ringfence.observe.volumes import SEED_NAME

from .folder import NEW, Folder
from .programs import disk_errors, run

SEED_MODE = 0o400
LARGEST = 8192 * KiB
"""Longest seed that is read back; user data beyond it are refused."""
_ROOM = 512 * KiB
_EPOCH = "315532800"
"""1980-01-01, FAT's first day: every file of a seed carries it."""


def ensure_seed(folder: Folder, document: Document) -> None:
    """Make the seed unless this very one stands there already."""
    name, parts = seed_name(document), document.parts
    fact = folder.fact(name, LARGEST)
    if fact is not None and unseal(fact)[0] == dict(parts):
        return
    if not document.body:
        raise Refused(f"What {document.address} held is not known.", "Apply the site again: it is made from there.")
    try:
        with disk_errors(f"{folder.path}/{name}"):
            _write(folder, name, build_seed(document))
            folder.own(f"{NEW}{name}", int(parts["owner"]), SEED_MODE)
            folder.put(name, replace=True)
    finally:
        folder.forget(name)


def seed_name(document: Document) -> str:
    """Return the file's name. Raises Refused for a document that names no seed."""
    name = document.parts.get("path", "").rsplit("/", 1)[-1]
    if SEED_NAME.fullmatch(name) is None:
        raise Refused(f"{document.address} names no seed.", "Plan again with this version of Ringfence.")
    return name


def build_seed(document: Document) -> bytes:
    """Return the seed's bytes: equal documents give equal bytes. Needs mkfs.vfat and mcopy."""
    files = {str(name): str(text) for name, text in json.loads(document.body).items()}
    with tempfile.TemporaryDirectory(prefix="ringfence-seed-") as scratch:
        file_system = _file_system(Path(scratch), files, document.parts["sector"])
    return seal(file_system, document.body, document.parts["content"], int(document.parts["sector"]))


def _file_system(scratch: Path, files: dict[str, str], sector: str) -> bytes:
    for name, text in files.items():
        (scratch / name).write_text(text, encoding="utf-8")
    length = sum((scratch / name).stat().st_size for name in files) + _ROOM
    if length > LARGEST // 2:
        raise Refused("The user data of a seed are too long.", "Let the guest fetch the larger files itself.")
    kib = -(-length // (512 * KiB)) * 512
    image = str(scratch / "seed.img")
    run(["mkfs.vfat", "--invariant", "-S", sector, "-n", "CIDATA", "-C", image, str(kib)])
    names = [str(scratch / name) for name in sorted(files)]
    run(["mcopy", "-i", image, *names, "::/"], extra={"SOURCE_DATE_EPOCH": _EPOCH, "MTOOLS_SKIP_CHECK": "1"})
    return Path(image).read_bytes()


def _write(folder: Folder, name: str, content: bytes) -> None:
    with os.fdopen(folder.new(name), "wb") as file:
        file.write(content)
