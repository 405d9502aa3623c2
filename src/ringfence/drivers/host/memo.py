# SPDX-License-Identifier: Apache-2.0
"""What stays true until the next boot is tried once: whether KVM works, and what the kernel can do.

Kept in /run, which a boot empties, under a stamp of everything the answers hang on: the boot, the kernel, the QEMU
program, the KVM device, and the questions themselves, of which a newer Ringfence may have more. A memo that does not
fit, or that root did not write, is as good as none.
"""

from __future__ import annotations

import contextlib
import json
import os
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from ringfence.base.identity import digest
from ringfence.facts.host import Acceleration
from ringfence.observe.kernel_features import feature_script

RUN = Path("/run/ringfence")
_FILE = "host.json"
_BOOT = Path("/proc/sys/kernel/random/boot_id")


@dataclass(frozen=True, slots=True)
class Tried:
    """Answers that were found by trying."""

    acceleration: Acceleration
    features: frozenset[str]


def remembered(find: Callable[[], Tried], folder: Path = RUN) -> Tried:
    """Return what was found since the last boot, or find it now and remember it where that is possible."""
    stamp = _stamp()
    known = _known(folder / _FILE, stamp)
    if known is not None:
        return known
    found = find()
    if found.acceleration.kvm != "unknown":  # a host that was too busy to tell is asked again
        _remember(folder, stamp, found)
    return found


def _stamp() -> list[str]:
    qemu = shutil.which("qemu-system-x86_64") or ""
    boot = ""
    with contextlib.suppress(OSError):
        boot = _BOOT.read_text(encoding="ascii").strip()
    return [boot, os.uname().release, _state(qemu), _state("/dev/kvm"), str(os.geteuid()), digest(feature_script())]


def _state(path: str) -> str:
    try:
        found = Path(path).stat()
    except OSError:
        return "missing"
    told = (found.st_ino, found.st_size, found.st_mode, found.st_uid, found.st_gid, found.st_rdev)
    changed = 0 if found.st_rdev else found.st_mtime_ns  # a device's time moves whenever it is written to
    return " ".join(map(str, (*told, changed)))


def _known(file: Path, stamp: list[str]) -> Tried | None:
    try:
        with file.open(encoding="utf-8") as stream:
            if os.fstat(stream.fileno()).st_uid != os.geteuid():
                return None
            told = json.load(stream)
        if told["stamp"] != stamp:
            return None
        return Tried(Acceleration(told["kvm"], str(told["why"])), frozenset(map(str, told["features"])))
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _remember(folder: Path, stamp: list[str], found: Tried) -> None:
    kvm = found.acceleration
    text = json.dumps({"stamp": stamp, "kvm": kvm.kvm, "why": kvm.why, "features": sorted(found.features)})
    fresh = folder / f"{_FILE}.{os.getpid()}"
    with contextlib.suppress(OSError):  # without it the next look takes half a second longer
        if not folder.exists():
            folder.mkdir(parents=True)
            folder.chmod(0o755)  # whatever the person's umask: dnsmasq's user passes through
        fresh.write_text(text, encoding="utf-8")
        fresh.replace(folder / _FILE)
