# SPDX-License-Identifier: Apache-2.0
"""Reads the kernel's files below /proc and /sys; below another root, a recorded host's."""

from __future__ import annotations

import contextlib
import os
from dataclasses import dataclass
from pathlib import Path

from ringfence.base.units import MiB
from ringfence.facts.host import NumaNode
from ringfence.observe.memory import numa_node, parse_cpu_list, parse_meminfo
from ringfence.observe.nics import SysfsLink
from ringfence.observe.qemu_owner import FileMode

_BY_RADIO = {"DEVTYPE=wlan", "DEVTYPE=wwan"}


@dataclass(frozen=True, slots=True)
class Sysfs:
    """The file system that tells about the host; ``root`` is ``/`` on the real one."""

    root: Path = Path("/")

    def text(self, path: str) -> str:
        """Return a file's text; empty where it is missing or unreadable."""
        try:
            return (self.root / path).read_text("utf-8", "replace").strip()
        except OSError:
            return ""  # many attributes answer EINVAL while a link is down

    def has_entries(self, path: str) -> bool:
        """Tell whether a folder is there and holds anything."""
        with contextlib.suppress(OSError), os.scandir(self.root / path) as entries:
            return any(True for _ in entries)
        return False

    def file_mode(self, path: str) -> FileMode | None:
        """Return a file's group and mode; None where it is missing."""
        try:
            found = (self.root / path).stat()
        except OSError:
            return None
        return FileMode(found.st_gid, found.st_mode & 0o777)

    def cores(self) -> int:
        """Count the processors that are online."""
        return len(parse_cpu_list(self.text("sys/devices/system/cpu/online"))) or os.cpu_count() or 1

    def memory(self) -> dict[str, int]:
        """MiB by the names of /proc/meminfo."""
        return parse_meminfo(self.text("proc/meminfo"))

    def numa(self) -> tuple[NumaNode, ...]:
        """List the memory nodes; none where the kernel knows of none."""
        folder = "sys/devices/system/node"
        numbers = parse_cpu_list(self.text(f"{folder}/online"))
        return tuple(self._node(f"{folder}/node{number}", number) for number in numbers)

    def _node(self, folder: str, number: int) -> NumaNode:
        return numa_node(number, self.text(f"{folder}/cpulist"), self.text(f"{folder}/meminfo"))

    def link(self, name: str) -> SysfsLink:
        """Read driver, speed and nature of a network interface."""
        folder = self.root / "sys/class/net" / name
        driver = folder / "device/driver"
        radio = (folder / "wireless").exists() or (folder / "phy80211").exists()
        typed = self.text(f"sys/class/net/{name}/uevent").splitlines()
        speed = self.text(f"sys/class/net/{name}/speed")
        known = int(speed) if speed.lstrip("-").isdigit() else None
        wireless = radio or not _BY_RADIO.isdisjoint(typed)
        return SysfsLink(driver.resolve().name if driver.is_symlink() else "", known, wireless)

    def files(self, pattern: str) -> dict[str, str]:
        """Return the texts of the files that a pattern such as ``etc/netplan/*.yaml`` means, by path from the root.

        Hidden files, folders and what cannot be read are left out.
        """
        paths = sorted(path for path in self.root.glob(pattern.lstrip("/")) if not path.name.startswith("."))
        found = {f"/{path.relative_to(self.root)}": path for path in paths}
        return {name: self.text(name.lstrip("/")) for name, path in found.items() if path.is_file()}

    def there(self, *paths: str) -> bool:
        """Tell whether any of these is there; a link to what is not counts too."""
        return any(os.path.lexists(self.root / path) for path in paths)

    def firmware(self) -> dict[str, bytes]:
        """Read QEMU's firmware descriptors; those of /etc replace packaged ones of the same name."""
        found: dict[str, bytes] = {}
        for folder in ("usr/share/qemu/firmware", "etc/qemu/firmware"):
            for path in sorted((self.root / folder).glob("*.json")):
                found[path.name] = path.read_bytes()
        return found

    def free_mib(self, folder: str) -> int:
        """Return what an unprivileged writer may still fill, where ``folder`` lies or will lie."""
        space = os.statvfs(self._existing(folder))
        return space.f_bavail * space.f_frsize // MiB

    def takes_direct_io(self, folder: str) -> bool:
        """Tell whether files there open past the page cache (open(2), O_DIRECT); tmpfs and some overlays refuse."""
        path = self._existing(folder)
        try:
            os.close(os.open(path, os.O_TMPFILE | os.O_RDWR | os.O_DIRECT | os.O_CLOEXEC, 0o600))
        except OSError:
            return False
        return True

    def _existing(self, folder: str) -> Path:
        path = self.root / folder.lstrip("/")
        while not path.exists() and path != path.parent:
            path = path.parent
        return path
