# SPDX-License-Identifier: Apache-2.0
"""Tables that are held by a process: ``nft`` reads its commands from us, and a shell removes the table when it ends.

It ends when we do, in whichever way: then its input is closed. It has a session of its own, so that a Ctrl-C is ours
alone. If somebody kills the shell too, the table is drift, and the next apply removes it.
"""

from __future__ import annotations

import select
import subprocess
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass

from ringfence.base.errors import Refused

from .tool import DEADLINE_S, NAMESPACES


@dataclass(slots=True)
class Holder:
    """The process that holds ``table`` (family and name), and takes further commands for it."""

    process: subprocess.Popen[bytes]
    table: str

    def order(self, lines: Iterable[str]) -> None:
        """Give commands as one transaction, and wait until it is done. Raises Refused with nft's words."""
        self._write("; ".join(lines))
        said, until = b"", time.monotonic() + DEADLINE_S
        while f"table {self.table}\n".encode() not in said:
            piece = self._read(until - time.monotonic())
            said += piece
            if not piece or b"rror" in said:
                raise _refusal(said.decode(errors="replace"))

    def _write(self, line: str) -> None:
        if self.process.stdin is not None:
            with suppress(BrokenPipeError):  # its words tell why
                self.process.stdin.write(f"{line}\nlist tables\n".encode())
                self.process.stdin.flush()

    def _read(self, seconds: float) -> bytes:
        pipe = self.process.stdout
        if pipe is None or seconds <= 0 or not select.select([pipe], [], [], seconds)[0]:
            return b""
        return bytes(pipe.read1(65536))  # type: ignore[attr-defined]  # a pipe of Popen is a BufferedReader


@contextmanager
def owned(lines: Iterable[str], table: str, namespace: str = "") -> Iterator[Holder]:
    """Hold the table that commands make while the context lasts. Raises Refused with nft's words."""
    enter = ["nsenter", f"--net={NAMESPACES}/{namespace}"] if namespace else []
    try:
        process = subprocess.Popen(
            [*enter, "sh", "-c", f"nft -i; nft delete table {table}"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    except FileNotFoundError:
        raise Refused("The program 'nsenter' is missing.", "Install the package util-linux.") from None
    with process:
        try:
            holder = Holder(process, table)
            holder.order(lines)
            yield holder
        finally:
            _let_go(process)


def _refusal(said: str) -> Refused:
    words = next((line for line in said.splitlines() if "rror" in line), "it said nothing")
    return Refused(f"'nft' refused: {words.strip().rstrip('.')}.", "Look with 'ringfence drift' at what stands now.")


def _let_go(process: subprocess.Popen[bytes]) -> None:
    if process.stdin is not None:
        with suppress(BrokenPipeError):
            process.stdin.close()
    try:
        process.wait(DEADLINE_S)
    except subprocess.TimeoutExpired:
        process.kill()
