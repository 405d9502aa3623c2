# SPDX-License-Identifier: Apache-2.0
"""Use case: look at a host and write a site file to start from (starting_site says what is in it)."""

from __future__ import annotations

import os
from pathlib import Path

from ringfence.base.errors import BadInput, Refused
from ringfence.base.names import NAME_RULE, is_name
from ringfence.messages.files import FilesWritten
from ringfence.site.host import Host

from .place import Place
from .plant import open_hosts
from .starting_site import starting_site

_PLAIN = str.maketrans("_. ", "---")


def write_start(place: Place, path: Path, name: str, owner: str, *, force: bool) -> FilesWritten:
    """Look at this host and write ``path``. Raises BadInput when it is there already, Refused."""
    if not is_name(name):
        raise BadInput(f"'{name}' cannot be the name of a site: {NAME_RULE}.", "Name it with --called NAME.")
    host = Host("server1")
    text = starting_site(open_hosts(place).hosts.facts(host.name, host.pool), name, owner)
    flags = os.O_WRONLY | os.O_CREAT | os.O_CLOEXEC | (os.O_TRUNC if force else os.O_EXCL)
    try:
        with os.fdopen(os.open(path, flags, 0o644), "w", encoding="utf-8") as stream:
            stream.write(text)
    except FileExistsError as error:
        raise BadInput(f"{path} is there already.", "Name another file, or replace it with --force.") from error
    except OSError as error:
        raise Refused(f"{path} cannot be written: {error.strerror}.", "Name another file.") from error
    return FilesWritten(name, (str(path),))


def name_from(folder: str) -> str:
    """Return a name for a site that lies in ``folder``: ``Plant 7`` becomes ``plant-7``; else ``plant``."""
    shown = "".join(letter for letter in folder.lower().translate(_PLAIN) if letter.isalnum() or letter == "-")
    return shown[:31] if is_name(shown[:31]) else "plant"
