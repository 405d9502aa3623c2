# SPDX-License-Identifier: Apache-2.0
"""Listens to ``nft monitor trace`` inside a namespace."""

from __future__ import annotations

import select
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from ringfence.base.errors import DeadlinePassed, Refused
from ringfence.compile.fabric.tracing import END
from ringfence.observe.trace import hop, hops
from ringfence.ports.traces import Trail

from .tool import DEADLINE_S, NAMESPACES

_NETFILTER = "12"
_TRACES = 1 << 8
"""Bit of the group NFNLGRP_NFTRACE, which is number 9 (linux/netfilter/nfnetlink.h)."""
_BEAT_S, _SOON_S = 0.02, 0.1


@dataclass(slots=True)
class Monitor:
    """A listening ``nft``. ``table`` is the table whose packets it waits for."""

    process: subprocess.Popen[bytes]
    table: str
    text: bytes = b""

    def read(self, seconds: float) -> bool:
        """Read what comes within so many seconds; False where nothing came."""
        pipe = self.process.stdout
        if pipe is None or not select.select([pipe], [], [], max(seconds, 0))[0]:
            return False
        piece = pipe.read1(65536)  # type: ignore[attr-defined]  # a pipe of Popen is a BufferedReader
        self.text += piece
        return bool(piece)

    @property
    def trail(self) -> Trail:
        """Return what is known of the first packet that was marked."""
        text = self.text.decode(errors="replace")
        own = [found[1] for line in text.splitlines() if f" {self.table} " in line and (found := hop(line))]
        met = tuple(hops(text, self.table))
        return Trail(met, seen=bool(own), ended=any(one is not None and one.slug == END for one in own))

    @property
    def over(self) -> bool:
        """Tell whether the packet went no further."""
        trail = self.trail
        return trail.ended or any(one.verdict == "drop" for one in trail.hops)

    def wait(self, seconds: float, stopped: Callable[[], bool], over: Callable[[], bool]) -> None:
        """Listen until something is over, somebody stops it, or time is up."""
        until = time.monotonic() + seconds
        while time.monotonic() < until and not stopped() and not over():
            if not self.read(_BEAT_S) and self.process.poll() is not None:
                return

    def drain(self) -> None:
        """Read what is on its way still."""
        while self.read(_SOON_S):
            continue


@contextmanager
def monitor(table: str, namespace: str = "") -> Iterator[Monitor]:
    """Listen while the context lasts; it begins when the kernel tells traces. Raises Refused, DeadlinePassed."""
    enter = ["nsenter", f"--net={NAMESPACES}/{namespace}"] if namespace else []
    # Killed with us: it would listen for ever.
    words = ["setpriv", "--pdeathsig", "KILL", *enter, "nft", "monitor", "trace"]
    try:
        process = subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, start_new_session=True)
    except FileNotFoundError:
        raise Refused("The program 'setpriv' is missing.", "Install the package util-linux.") from None
    with process:
        try:
            _await(process)
            yield Monitor(process, table)
        finally:
            process.kill()


def _await(process: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + DEADLINE_S
    while not _listens(process.pid):
        if process.poll() is not None:
            raise Refused("'nft monitor trace' ended at once.", "Try it by hand; it tells why.")
        if time.monotonic() > until:
            raise DeadlinePassed("'nft monitor trace' did not begin to listen.", "Try again.")
        time.sleep(_BEAT_S)


def _listens(process: int) -> bool:
    """Tell whether the process has asked the kernel for traces."""
    try:
        lines = Path(f"/proc/{process}/net/netlink").read_text().splitlines()
    except OSError:
        return False
    rows = (line.split() for line in lines[1:])
    return any(row[1] == _NETFILTER and int(row[2]) == process and int(row[3], 16) & _TRACES for row in rows)
