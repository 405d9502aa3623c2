# SPDX-License-Identifier: Apache-2.0
"""Most commands look at the host's own parts, which only root may."""

from __future__ import annotations

import os
import shlex
import sys
from pathlib import Path

from ringfence.app.place import Place
from ringfence.base.errors import Refused

UMASK = 0o022
"""Whatever the person's is: QEMU's and dnsmasq's users pass through folders made here, and nobody else writes there."""
SYSTEM = frozenset({"bin", "sbin", "usr"})
TOOLS = ":/usr/local/sbin:/usr/sbin:/sbin"
"""Where Debian keeps bridge, dnsmasq and mkfs: not on the PATH of a person who became root with su."""


def place_for_root(what: str) -> Place:
    """Return where the state is. Raises Refused when this is no simulation and not root; ``what`` is a verb phrase."""
    place = Place.from_environment()
    if place.simulated:
        return place
    if os.geteuid() != 0:
        again = shlex.join(["sudo", _program(), *sys.argv[1:]])
        raise Refused(f"Only root can {what}.", f"Try again with: {again}")
    os.umask(UMASK)
    os.environ["PATH"] = os.environ.get("PATH", os.defpath) + TOOLS
    return place


def _program() -> str:
    """Return a name of this program that sudo finds: it looks into the system's own folders only (sudoers(5))."""
    path = Path(sys.argv[0])
    known = len(path.parts) == 1 or (path.is_absolute() and path.parts[1] in SYSTEM)
    return "ringfence" if known else str(path)
