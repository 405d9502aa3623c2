# SPDX-License-Identifier: Apache-2.0
"""A host's /proc, /sys and /run as a folder: enough of them for one machine, to be changed while it is read."""

from __future__ import annotations

import re
import shutil
from dataclasses import dataclass
from pathlib import Path

RECORDED = Path(__file__).parents[1] / "observe" / "recorded" / "process"
DOMAIN = "rf-t-facts-scada"
PID = int(re.findall(r"pid='(\d+)'", (RECORDED / "record.xml").read_text())[0])
NAMESPACES = ("cgroup", "ipc", "mnt", "net", "pid", "user", "uts")


@dataclass(frozen=True)
class Host:
    """``root`` is the host's ``/``."""

    root: Path

    @property
    def proc(self) -> Path:
        return self.root / "proc"

    def process(self, pid: int = PID, *, began: int = 4711, command: str = f"qemu\0-name\0guest={DOMAIN}\0") -> Path:
        """Let a process run; one of that number is replaced."""
        folder = self.proc / str(pid)
        shutil.rmtree(folder, ignore_errors=True)
        for name in ("ns", "fd", "fdinfo", "net", "root/dev"):
            (folder / name).mkdir(parents=True)
        for name in ("status", "limits", "cgroup", "coredump_filter", "mountinfo"):
            shutil.copy(RECORDED / name, folder / name)
        shutil.copy(RECORDED / "unix", folder / "net" / "unix")
        (folder / "comm").write_text("qemu-system-x86\n")
        (folder / "cmdline").write_text(command)
        (folder / "exe").symlink_to("/usr/bin/qemu-system-x86_64")
        self.began(pid, began)
        for kind in NAMESPACES:
            (folder / "ns" / kind).symlink_to(f"{kind}:[{2 if kind == 'mnt' else 1}]")
        self.open(pid, 0, "/dev/null")
        return folder

    def began(self, pid: int, ticks: int) -> None:
        (self.proc / str(pid) / "stat").write_text(f"{pid} (qemu (x)) S " + "0 " * 18 + f"{ticks} 0 0\n")

    def open(self, pid: int, number: int, target: str) -> None:
        (self.proc / str(pid) / "fd" / str(number)).symlink_to(target)
        (self.proc / str(pid) / "fdinfo" / str(number)).write_text("pos:\t0\nflags:\t02\n")

    def record(self, pid: int = PID) -> None:
        """Let libvirt have its records of the machine."""
        folder = self.root / "run/libvirt/qemu"
        folder.mkdir(parents=True, exist_ok=True)
        (folder / f"{DOMAIN}.pid").write_text(str(pid))
        text = (RECORDED / "record.xml").read_text().replace(f"pid='{PID}'", f"pid='{pid}'")
        (folder / f"{DOMAIN}.xml").write_text(text)


def host(root: Path) -> Host:
    """Return a host whose kernel has no module of mandatory access control, and one machine that runs."""
    made = Host(root)
    own = made.proc / "self"
    (own / "ns").mkdir(parents=True)
    (own / "attr").mkdir()
    for kind in NAMESPACES:
        (own / "ns" / kind).symlink_to(f"{kind}:[1]")
    shutil.copy(RECORDED / "mountinfo", own / "mountinfo")
    (made.root / "sys/kernel/security").mkdir(parents=True)
    (made.root / "sys/kernel/security/lsm").write_text("capability,landlock")
    made.process()
    made.record()
    return made
