# SPDX-License-Identifier: Apache-2.0
"""Moments of an apply: the test waits for what can be seen of each from outside, and then kills the process."""

from __future__ import annotations

import os
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

from tests.integration.crash.pair import POOL, SITE
from tests.integration.waterworks.works import Done, ended

LOOK_S = 0.001


def said(process: subprocess.Popen[str], line: str) -> bool:
    """Whether the process has just told this; it is asked until it has."""
    assert process.stderr is not None
    return line in process.stderr.readline()


def importing(_: subprocess.Popen[str]) -> bool:
    return any(path.name.startswith(".new-") for path in Path(POOL, SITE, "base").glob(".*"))


def defined(_: subprocess.Popen[str]) -> bool:
    return Path(f"/etc/libvirt/qemu/{SITE}-second.xml").exists()


def starting(_: subprocess.Popen[str]) -> bool:
    return Path(f"/run/libvirt/qemu/{SITE}-second.pid").exists()


def opening(process: subprocess.Popen[str]) -> bool:
    return said(process, "set port eth0 of workload second ... done")


def waiting(process: subprocess.Popen[str]) -> bool:
    return said(process, "write the boot files ... done")


def writing_boot_files(process: subprocess.Popen[str]) -> bool:
    return said(process, "] open ")


MOMENTS: dict[str, Callable[[subprocess.Popen[str]], bool]] = {
    "while an image is imported": importing,
    "between definition and start": defined,
    "while the machine starts": starting,
    "while conduits open": opening,
    "while health is waited for": waiting,
    "while boot files are written": writing_boot_files,
}


def stopped_at(process: subprocess.Popen[str], moment: str, signal: int) -> Done:
    """Send a signal at the moment, and answer what the process had said by its end."""
    end = time.monotonic() + 120
    while not MOMENTS[moment](process):
        assert process.poll() is None, f"It ended before. {ended(process).text}"
        assert time.monotonic() < end, f"'{moment}' did not come."
        time.sleep(LOOK_S)
    os.kill(process.pid, signal)
    return ended(process)
