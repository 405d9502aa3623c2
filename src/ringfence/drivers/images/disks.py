# SPDX-License-Identifier: Apache-2.0
"""Volumes: made once, grown in place, never overwritten and never shrunk; removed only where a change says so."""

from __future__ import annotations

import fcntl
import os
import struct
from collections.abc import Callable

from ringfence.base.errors import Refused
from ringfence.compile.document import Document
from ringfence.compile.part.size import size_bytes
from ringfence.observe.volumes import VOLUME_NAME, volume_parts

from .folder import NEW, Folder
from .programs import disk_errors, run

VOLUME_MODE = 0o600
GrowLive = Callable[[str, int], bool]
"""Grows the disk at a path to a size in bytes inside the running machine that has it; False where none has."""
_FLOCK = "hhqqi4x"
_GET_LOCK = 36
"""F_OFD_GETLK (linux/fcntl.h): QEMU holds open-file-description locks on images in use."""


def ensure_volume(folder: Folder, document: Document, grow_live: GrowLive) -> None:
    """Make, grow or repair a volume. Raises Refused rather than touch data that are not what the plan knows."""
    name = volume_name(document)
    if folder.fact(name) is None:
        _make(folder, name, document)
    else:
        folder.forget(name)  # a second name of the same file, where making it was cut off at its very end
        _compare(folder, name, document)
        _grow(folder, name, document, grow_live)
    folder.own(name, int(document.parts["owner"]), VOLUME_MODE)


def remove_volume(folder: Folder, document: Document) -> None:
    """Remove a volume with its data. Raises Refused while a running machine holds it open."""
    name = volume_name(document)
    if folder.fact(name) is not None and in_use(folder, name):
        raise Refused(f"The volume {folder.path}/{name} is in use.", "Stop its workload first.")
    folder.drop(name)


def volume_name(document: Document) -> str:
    """Return the file's name. Raises Refused for a document that names no volume."""
    name = document.parts.get("path", "").rsplit("/", 1)[-1]
    if VOLUME_NAME.fullmatch(name) is None:
        raise Refused(f"{document.address} names no volume.", "Plan again with this version of Ringfence.")
    return name


def in_use(folder: Folder, name: str) -> bool:
    """Tell whether another process holds a lock on the file, as QEMU does on every open image."""
    descriptor = folder.open(name, os.O_RDWR)
    try:
        asked = struct.pack(_FLOCK, fcntl.F_WRLCK, os.SEEK_SET, 0, 0, 0)
        found = struct.unpack(_FLOCK, fcntl.fcntl(descriptor, _GET_LOCK, asked))
        return bool(found[0] != fcntl.F_UNLCK)
    finally:
        os.close(descriptor)


def _make(folder: Folder, name: str, document: Document) -> None:
    parts = document.parts
    backing: list[str] = []
    if "backing" in parts:
        _present(parts["backing"])
        # -u: the size is known and the base was checked when it came in, so nothing of it is opened here.
        backing = ["-u", "-b", parts["backing"], "-F", parts["backing-format"]]
    command = ["qemu-img", "create", "-q", "-f", "qcow2", *backing, f"{NEW}{name}", str(size_bytes(parts["size"]))]
    try:
        with disk_errors(f"{folder.path}/{name}"):
            os.close(folder.new(name))
            run(command, folder=folder.descriptor)
            folder.own(f"{NEW}{name}", int(parts["owner"]), VOLUME_MODE)
            folder.put(name, replace=False)
    finally:
        folder.forget(name)


def _present(base: str) -> None:
    if not os.path.isfile(base):  # noqa: PTH113 - os throughout
        raise Refused(f"The base image {base} is missing.", "Apply again: it is imported first.")


def _compare(folder: Folder, name: str, document: Document) -> None:
    found, wanted = _parts(folder, name), document.parts
    for key in ("format", "backing", "backing-format"):
        if found.get(key) != wanted.get(key):
            raise Refused(
                f"The volume {folder.path}/{name} has another {key} ({found.get(key, 'none')}) than planned "
                f"({wanted.get(key, 'none')}); its data are left alone.",
                "Move the file away, or let it go with --destroy-data.",
            )


def _grow(folder: Folder, name: str, document: Document, grow_live: GrowLive) -> None:
    now, size = size_bytes(_parts(folder, name)["size"]), size_bytes(document.parts["size"])
    if size == now:
        return
    if size < now:
        raise Refused(
            f"The volume {folder.path}/{name} cannot be made smaller: that would cut off data.",
            f"Say 'size: {document.parts['size']}' no more; it has {now} bytes.",
        )
    if not in_use(folder, name):
        with disk_errors(f"{folder.path}/{name}"):
            run(["qemu-img", "resize", "-q", "-f", "qcow2", name, str(size)], folder=folder.descriptor)
    elif not grow_live(f"{folder.path}/{name}", size):
        raise Refused(
            f"The volume {folder.path}/{name} is in use and cannot grow.", "Stop its workload and apply again."
        )


def _parts(folder: Folder, name: str) -> dict[str, str]:
    fact = folder.fact(name)
    return volume_parts(fact) if fact is not None else {}
