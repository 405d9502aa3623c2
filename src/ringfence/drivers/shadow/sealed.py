# SPDX-License-Identifier: Apache-2.0
"""Starts the sealed process and hears it. It ends with us, however we end."""

from __future__ import annotations

import json
import select
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from typing import Any

from ringfence.base.errors import DeadlinePassed, Refused
from ringfence.ports.shadow import Fired, Tell

from .orders import Order, dump_order, load_fired

_BUILD_S = 60.0
"""So long may it take to build a copy, beside the trial itself; more for each document."""
_EACH_S = 0.5
_BESIDE = ("setpriv", "--pdeathsig", "KILL")
_SEALED = (
    *("unshare", "--net", "--mount", "--pid", "--ipc", "--fork", "--kill-child=KILL", "--mount-proc"),
    *("--propagation", "private"),
)


def fire_sealed(order: Order, tell: Tell) -> Fired:
    """Give an order to a sealed process; return what happened. Raises Refused, DeadlinePassed."""
    seconds = _BUILD_S + _EACH_S * len(order.documents) + order.volley.seconds
    return told([*_BESIDE, *_SEALED], "child", dump_order(order), seconds, tell)


def fly_beside(line: str, seconds: float, tell: Tell) -> Fired:
    """Give an order for a flight to a process beside us. Raises Refused, DeadlinePassed."""
    return told(_BESIDE, "flight", line, _BUILD_S + seconds, tell)


def told(start: Sequence[str], module: str, line: str, seconds: float, tell: Tell) -> Fired:
    """Start a module of this folder, give it a line, and hear it until it has told what happened."""
    until = time.monotonic() + seconds
    words = [*start, sys.executable, "-P", "-m", f"ringfence.drivers.shadow.{module}"]
    try:
        process = subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, start_new_session=True)
    except FileNotFoundError as missing:
        raise Refused(f"The program '{missing.filename}' is missing.", "Install the package util-linux.") from None
    with process:
        writer = threading.Thread(target=_write, args=(process, line))
        try:
            writer.start()
            return _heard(process, until, tell)
        finally:
            process.kill()
            writer.join()


def _write(process: subprocess.Popen[bytes], line: str) -> None:
    if process.stdin is not None:
        try:
            process.stdin.write(line.encode() + b"\n")
            process.stdin.flush()
        except BrokenPipeError:  # what it says tells why
            return


def _heard(process: subprocess.Popen[bytes], until: float, tell: Tell) -> Fired:
    for found in _lines(process, until):
        if "tell" in found:
            tell(found["tell"])
        elif "refused" in found:
            raise Refused(*found["refused"])
        else:
            return load_fired(found["fired"])
    raise Refused("The trial ended without a word.", "Try again; what it printed says why.")


def _lines(process: subprocess.Popen[bytes], until: float) -> Iterator[dict[str, Any]]:
    text = b""
    while process.stdout is not None:
        if not select.select([process.stdout], [], [], max(until - time.monotonic(), 0))[0]:
            raise DeadlinePassed("The trial did not end in time, and was ended.", "Try again on a calmer host.")
        piece = process.stdout.read1(1 << 20)  # type: ignore[attr-defined]  # a pipe of Popen is a BufferedReader
        *whole, text = (text + piece).split(b"\n")
        yield from map(json.loads, whole)
        if not piece:
            return
