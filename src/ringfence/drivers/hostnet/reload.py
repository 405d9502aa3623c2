# SPDX-License-Identifier: Apache-2.0
"""Lets network tools that run read what changed. None is ever started or restarted.

Each of them reads its configuration as a whole. Where a file that is not ours changed since the tool began, reading it
now could take an interface of the host down in the middle of an apply: then the tool is left alone. It reads ours when
it begins again, which is when it would undo something; rule RF-UPL-017 names the files.
"""

from __future__ import annotations

import subprocess
from collections.abc import Iterable, Iterator
from pathlib import Path

from ringfence.base.errors import DeadlinePassed, Refused
from ringfence.compile.part.hostnet import NETWORKD, NETWORKMANAGER
from ringfence.drivers.host.command import environment
from ringfence.drivers.host.service import services
from ringfence.drivers.host.sysfs import Sysfs

DEADLINE_S = 30.0
_UDEV = ("udevadm", "control", "--reload")
_NETWORKD = ("networkctl", "reload")
_NETWORKMANAGER = ("nmcli", "general", "reload", "conf")


def let_read(sysfs: Sysfs, touched: Iterable[str]) -> None:
    """Tell the tools that read any of these paths. Raises Refused, DeadlinePassed."""
    for command in _commands(sysfs, tuple(touched)):
        _tell(command)


def _commands(sysfs: Sysfs, touched: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    if sysfs.root != Path("/"):
        return
    running = {service.name for service in services(sysfs) if not service.unread(sysfs)}
    if any(path.endswith(".link") for path in touched) and sysfs.there("run/udev/control"):
        yield _UDEV
    if "networkd" in running and any(path.startswith(NETWORKD) and path.endswith(".network") for path in touched):
        yield _NETWORKD
    if "networkmanager" in running and any(path.startswith(NETWORKMANAGER) for path in touched):
        yield _NETWORKMANAGER


def _tell(command: tuple[str, ...]) -> None:
    shown = " ".join(command)
    try:
        done = subprocess.run(
            command, capture_output=True, text=True, timeout=DEADLINE_S, check=False, env=environment()
        )
    except subprocess.TimeoutExpired as late:
        raise DeadlinePassed(
            f"'{shown}' did not end within {DEADLINE_S:g} s.", "See that the tool answers, then apply again."
        ) from late
    except OSError as missing:
        raise Refused(
            f"'{shown}' cannot be run: {missing}.", "Install the tool's own command, then apply."
        ) from missing
    if done.returncode != 0:
        raise Refused(f"'{shown}' failed: {done.stderr.strip()[:300]}", "Run it by hand, then apply again.")
