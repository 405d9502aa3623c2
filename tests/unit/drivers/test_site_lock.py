# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from ringfence.base.errors import Busy, Refused
from ringfence.drivers.store.lock import FileLock
from ringfence.drivers.system.clock import SystemClock

HOLDER = """
import sys, time
from pathlib import Path
from ringfence.drivers.store.lock import FileLock
from ringfence.drivers.system.clock import SystemClock
with FileLock(Path(sys.argv[1]), SystemClock()).hold("apply"):
    print("held", flush=True)
    time.sleep(60)
"""


def lock(folder: Path) -> FileLock:
    return FileLock(folder, SystemClock())


def test_who_holds_a_site_is_told_to_the_second(tmp_path: Path) -> None:
    with lock(tmp_path).hold("apply") as held:
        assert (held.what, held.pid) == ("apply", os.getpid())
        with pytest.raises(Busy) as caught, lock(tmp_path).hold("revert"):
            pass
    assert "'apply'" in caught.value.problem
    assert str(os.getpid()) in caught.value.problem
    assert held.since.isoformat(timespec="seconds") in caught.value.problem


def test_afterwards_it_is_free(tmp_path: Path) -> None:
    with pytest.raises(ZeroDivisionError), lock(tmp_path).hold("apply"):
        raise ZeroDivisionError
    with lock(tmp_path).hold("revert") as held:
        assert held.what == "revert"


def test_sites_do_not_hold_each_other(tmp_path: Path) -> None:
    with lock(tmp_path / "one").hold("apply"), lock(tmp_path / "two").hold("apply"):
        pass


def test_another_process_holds_it_until_it_is_killed(tmp_path: Path) -> None:
    with subprocess.Popen([sys.executable, "-c", HOLDER, tmp_path], stdout=subprocess.PIPE, text=True) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "held\n"
        with pytest.raises(Busy, match=str(holder.pid)), lock(tmp_path).hold("apply"):
            pass
        holder.send_signal(signal.SIGKILL)
        holder.wait()
        with lock(tmp_path).hold("apply"):
            pass


def test_children_do_not_inherit_it(tmp_path: Path) -> None:
    with lock(tmp_path).hold("apply"):
        child = subprocess.Popen(["sleep", "60"], close_fds=False)
    try:
        with lock(tmp_path).hold("apply"):
            pass
    finally:
        child.kill()
        child.wait()


def test_a_folder_that_cannot_be_used_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(Refused, match="cannot be used"), lock(tmp_path / "file").hold("apply"):
        pass


def test_damaged_words_in_the_file_do_not_matter(tmp_path: Path) -> None:
    with lock(tmp_path).hold("apply"):
        (tmp_path / "lock").write_bytes(b"\xff{")
        with pytest.raises(Busy, match="Another process"), lock(tmp_path).hold("apply"):
            pass
