# SPDX-License-Identifier: Apache-2.0
"""Base images: imported once per site, checked while they are copied, root's and read-only from then on."""

from __future__ import annotations

import hashlib
import json
import os
from typing import BinaryIO

from ringfence.base.errors import Refused
from ringfence.base.units import MiB
from ringfence.compile.document import Document
from ringfence.observe.image_info import parse_image_info
from ringfence.observe.volumes import BASE_NAME

from .folder import NEW, Folder
from .programs import disk_errors, run_confined
from .reader import open_plain

CHUNK = 4 * MiB
BASE_MODE = 0o444
_ZEROS = bytes(CHUNK)


def import_base(folder: Folder, document: Document) -> None:
    """Bring a base image in; one that is there already is only given back its owner and mode."""
    name = base_name(document)
    if folder.fact(name) is None:
        wanted = json.loads(document.body)
        try:
            with disk_errors(f"{folder.path}/{name}"):
                _copy(folder, name, str(wanted["source"]), str(wanted["sha256"]))
                _check(folder, name, str(wanted["format"]))
                folder.put(name, replace=True)
        finally:
            folder.forget(name)
    folder.own(name, 0, BASE_MODE)


def base_name(document: Document) -> str:
    """Return the file's name. Raises Refused for a document that names no base image."""
    name = document.parts.get("path", "").rsplit("/", 1)[-1]
    if BASE_NAME.fullmatch(name) is None:
        raise Refused(f"{document.address} names no base image.", "Plan again with this version of Ringfence.")
    return name


def _copy(folder: Folder, name: str, source: str, sha256: str) -> None:
    seen = hashlib.sha256()
    with os.fdopen(folder.new(name), "wb") as into, open_plain(source) as out:
        for chunk in iter(lambda: out.read(CHUNK), b""):
            seen.update(chunk)
            _write(into, chunk)
        into.truncate()
        os.fchown(into.fileno(), 0, 0)
        os.fchmod(into.fileno(), BASE_MODE)
    if seen.hexdigest() != sha256:
        raise Refused(f"The image {source} changed since it was planned.", "Plan again, look at it, and apply that.")


def _write(into: BinaryIO, chunk: bytes) -> None:
    """Leave holes where there is nothing but zeros."""
    if chunk == _ZEROS:
        into.seek(len(chunk), os.SEEK_CUR)
    else:
        into.write(chunk)


def _check(folder: Folder, name: str, form: str) -> None:
    """Ask qemu-img, as nobody, whether the copy is one self-contained image of that format."""
    command = ["qemu-img", "info", "--output=json", "-U", "-f", form, f"{NEW}{name}"]
    parse_image_info(run_confined(command, folder=folder.descriptor))
