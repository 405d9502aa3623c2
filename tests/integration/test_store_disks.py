# SPDX-License-Identifier: Apache-2.0
"""The state on real disks that are full or read-only: told with the next step, and nothing lost."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

FILL = """
import os, sys
from pathlib import Path
from tests.unit.drivers.test_store import draft, job
from ringfence.base.errors import Refused
from ringfence.drivers.store.database import open_store
folder = Path("{mount}/state")
with open_store(folder) as store:
    kept = 0
    try:
        while kept < 1000:
            store.revisions.begin(draft(os.urandom(20_000)))
            kept += 1
    except Refused as error:
        print(error)
    assert len(store.revisions.summaries()) == kept > 0
    assert store.revisions.read(kept).draft.artifacts
"""
READ_ONLY = """
from pathlib import Path
from ringfence.base.errors import Refused
from ringfence.drivers.store.database import open_store
from ringfence.drivers.store.lock import FileLock
from ringfence.drivers.system.clock import SystemClock
folder = Path("{mount}/state")
for attempt in (lambda: open_store(folder), lambda: FileLock(folder, SystemClock()).hold("apply").__enter__()):
    try:
        attempt()
        print("it worked")
    except Refused as error:
        print(error)
"""


FULL = """
from pathlib import Path
from ringfence.base.errors import Refused
from ringfence.drivers.store.database import open_store
folder = Path("{mount}/state")
with open_store(folder):
    pass
try:
    with open(folder / "filler", "wb", buffering=0) as filler:
        while filler.write(bytes(4096)):
            pass
except OSError:
    pass
try:
    with open_store(folder) as store:
        store.revisions.summaries()
    print("it worked")
except Refused as error:
    print(error)
"""


def mounted(folder: Path, options: str, program: str, before: str = "true") -> str:
    """Run a program in a mount namespace of its own, in which ``folder`` is a small disk."""
    text = program.format(mount=folder)
    script = f'mount -t tmpfs -o size=1m none {folder} && {before} && mount -o remount,{options} {folder} && exec "$@"'
    command = ["unshare", "--mount", "sh", "-ec", script, "sh", sys.executable, "-c", text]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_a_full_disk_is_told_and_what_was_kept_stays(tmp_path: Path) -> None:
    said = mounted(tmp_path, "rw", FILL)
    assert "is full" in said
    assert f"df -h {tmp_path}" in said


def test_a_disk_that_was_filled_by_others_is_told(tmp_path: Path) -> None:
    said = mounted(tmp_path, "rw", FULL)
    assert "is full" in said
    assert f"df -h {tmp_path}" in said


def test_a_read_only_disk_is_told(tmp_path: Path) -> None:
    said = mounted(tmp_path, "ro", READ_ONLY)
    assert "it worked" not in said
    assert said.count("mount it for writing") == 2


def test_an_existing_state_on_a_read_only_disk_is_told(tmp_path: Path) -> None:
    make = f"mkdir {tmp_path}/state && touch {tmp_path}/state/ringfence.db {tmp_path}/state/lock"
    said = mounted(tmp_path, "ro", READ_ONLY, make)
    assert "it worked" not in said
    assert said.count("mount it for writing") == 2
