# SPDX-License-Identifier: Apache-2.0
"""Facts about image files: content digest and virtual size. Digests are remembered by size and times of the file."""

from __future__ import annotations

import hashlib
import json
import os
import stat
from collections.abc import Callable
from io import BufferedReader
from pathlib import Path

from ringfence.base.errors import BadInput
from ringfence.base.units import GiB, MiB
from ringfence.facts.image import ImageFacts
from ringfence.observe.image_info import LARGEST
from ringfence.observe.qcow2 import HEADER_BYTES, Qcow2Header, is_qcow2, parse_qcow2
from ringfence.observe.raw_disk import HEAD_BYTES, looks_like_disk
from ringfence.site.image import Image

CHUNK = 4 * MiB
SECTOR = 512
MOST_HOLES = 64 * GiB
"""Bytes of holes that are read as zeros, which takes three minutes; as qcow2 they would take none."""


class ImageReader:
    """Reads image files. ``cache`` is a JSON file of digests; None: every call reads the whole file."""

    def __init__(self, cache: Path | None = None) -> None:
        self._cache = cache

    def facts(self, image: Image) -> ImageFacts:
        """Return an image's facts. Raises BadInput when it cannot be read, or is not what the site says."""
        try:
            with open_plain(image.source) as file:
                found = os.fstat(file.fileno())
                _judge(image, found)
                size = _virtual_size(image, file.read(HEAD_BYTES), found.st_size)
                sha256 = self._digest(image.source, found, lambda: _hash(file))
        except OSError as error:
            raise _unusable(image, str(error.strerror)) from error
        if image.sha256 is not None and sha256 != image.sha256:
            raise _unusable(image, f"its SHA-256 is {sha256}, and the site says {image.sha256}")
        return ImageFacts(sha256, image.format, size)

    def _digest(self, source: str, found: os.stat_result, read: Callable[[], str]) -> str:
        """Return the remembered digest while size, inode, modification and change time are the same."""
        known = self._known()
        stamp = f"{found.st_dev} {found.st_ino} {found.st_size} {found.st_mtime_ns} {found.st_ctime_ns}"
        entry = known.get(source)
        if entry is not None and entry[0] == stamp:
            return entry[1]
        sha256 = read()
        self._remember({**known, source: [stamp, sha256]})
        return sha256

    def _known(self) -> dict[str, list[str]]:
        if self._cache is None:
            return {}
        try:
            found = json.loads(self._cache.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return {}
        return {
            str(source): [str(word) for word in entry]
            for source, entry in (found.items() if isinstance(found, dict) else ())
            if isinstance(entry, list) and len(entry) == 2  # noqa: PLR2004 - stamp and digest
        }

    def _remember(self, known: dict[str, list[str]]) -> None:
        """Write the cache; one that cannot be written only costs time."""
        if self._cache is None:
            return
        new = self._cache.with_name(f"{self._cache.name}.{os.getpid()}.new")
        try:
            self._cache.parent.mkdir(parents=True, exist_ok=True)
            new.write_text(json.dumps(known, sort_keys=True), encoding="utf-8")
            new.replace(self._cache)
        except OSError:
            new.unlink(missing_ok=True)


def open_plain(path: str) -> BufferedReader:
    """Open a file for reading without waiting: a named pipe would keep us until somebody writes. Raises OSError."""
    return os.fdopen(os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC), "rb")


def _judge(image: Image, found: os.stat_result) -> None:
    """Refuse what is no file, and what would take hours to read and holds next to nothing."""
    if not stat.S_ISREG(found.st_mode):
        raise _unusable(image, "it is no regular file")
    holes = found.st_size - found.st_blocks * SECTOR
    if found.st_size > LARGEST or holes > MOST_HOLES:
        raise _unusable(image, f"it is {found.st_size // GiB} GiB long and {holes // GiB} GiB of that are empty")


def _hash(file: BufferedReader) -> str:
    file.seek(0)
    return hashlib.file_digest(file, "sha256").hexdigest()


def _virtual_size(image: Image, head: bytes, length: int) -> int:
    if image.format == "raw":
        if is_qcow2(head):
            raise _unusable(image, "the site says raw and the file is qcow2")
        if length == 0 or not looks_like_disk(head):
            raise _unusable(image, "it has neither a boot sector nor a file system that is known, so it is no disk")
        return (length + SECTOR - 1) // SECTOR * SECTOR
    header = self_contained(image, head)
    return header.virtual_size


def self_contained(image: Image, head: bytes) -> Qcow2Header:
    """Return the header of a self-contained, plain qcow2 image of sensible size. Raises BadInput for others."""
    header = parse_qcow2(head[:HEADER_BYTES])
    if header.backing or header.external_data:
        raise _unusable(image, "its data lie in another file")
    if header.encrypted:
        raise _unusable(image, "it is encrypted")
    if not 0 < header.virtual_size <= LARGEST:
        raise _unusable(image, "its virtual size is absurd")
    return header


def _unusable(image: Image, why: str) -> BadInput:
    return BadInput(
        f"Image {image.name} ({image.source}) cannot be used: {why}.",
        "Correct the path, format or sha256 of the image in the site file, or replace the file.",
    )
