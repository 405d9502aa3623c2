# SPDX-License-Identifier: Apache-2.0
"""Runs qemu-img, mkfs.vfat and mcopy under a deadline; what reads foreign images runs as nobody, without network."""

from __future__ import annotations

import errno
import os
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager

from ringfence.base.errors import DeadlinePassed, Refused

DEADLINE_S = 60.0
_CONFINED = (
    "unshare",
    "--net",
    "--ipc",
    "--",
    "setpriv",
    "--reuid=65534",
    "--regid=65534",
    "--clear-groups",
    "--bounding-set=-all",
    "--no-new-privs",
    "--",
    "prlimit",
    "--as=1073741824",
    "--cpu=20",
    "--nproc=64",
    "--fsize=0",
    "--core=0",
    "--",
)
"""nobody, no capabilities, no network, 1 GiB of memory, 20 s of processor, not a byte written (QEMU's own advice)."""


def run(
    command: Sequence[str],
    *,
    folder: int | None = None,
    extra: Mapping[str, str] | None = None,
    seconds: float = DEADLINE_S,
) -> str:
    """Run a tool in the folder of a descriptor and return what it printed. Raises Refused with the tool's words."""
    descriptors = () if folder is None else (folder,)
    try:
        done = subprocess.run(
            command,
            capture_output=True,
            check=False,
            cwd=None if folder is None else f"/proc/self/fd/{folder}",
            env={"PATH": os.environ.get("PATH", "/usr/sbin:/usr/bin:/sbin:/bin"), "LC_ALL": "C.UTF-8", **(extra or {})},
            pass_fds=descriptors,
            stdin=subprocess.DEVNULL,
            timeout=seconds,
        )
    except FileNotFoundError as error:
        raise Refused(f"The program {command[0]} is missing.", "Install what scripts/packages.txt lists.") from error
    except subprocess.TimeoutExpired as error:
        raise DeadlinePassed(
            f"{command[0]} did not finish within {seconds:.0f} seconds.",
            "Look at the load of the host and apply again.",
        ) from error
    if done.returncode != 0:
        raise _refusal(command[0], done.stderr.decode(errors="replace"))
    return done.stdout.decode(errors="replace")


def run_confined(command: Sequence[str], *, folder: int, seconds: float = DEADLINE_S) -> str:
    """Run a tool on a foreign file as nobody."""
    return run([*_CONFINED, *command], folder=folder, seconds=seconds)


def _refusal(program: str, words: str) -> Refused:
    if "No space left" in words:
        return full_disk()
    said = " ".join(words.split())[-300:] or "nothing"
    return Refused(f"{program} refused; it said: {said}", "Mend what it names and apply again.")


def full_disk() -> Refused:
    """Return the error for a pool without space."""
    return Refused(
        "The pool's disk is full; nothing half-made was left there.",
        "Make room, or choose another pool in the site, and apply again.",
    )


@contextmanager
def disk_errors(path: str) -> Iterator[None]:
    """Turn the kernel's errors about a file into Refused."""
    try:
        yield
    except OSError as error:
        if error.errno in {errno.ENOSPC, errno.EDQUOT}:
            raise full_disk() from error
        raise Refused(
            f"{path} cannot be used: {error.strerror}.", "Look at the pool's disk and apply again."
        ) from error
