# SPDX-License-Identifier: Apache-2.0
"""A network namespace of its own: a device of the simulated plant, or the switch that devices hang on. Needs root."""

from __future__ import annotations

import ctypes
import os
import signal
import subprocess
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

Made = TypeVar("Made")

SPACES = Path("/run/netns")
CLONE_NEWNET = 0x40000000
"""linux/sched.h"""
MOST_SECONDS = 60


class PlantError(Exception):
    """A tool refused to make, change or ask the simulated plant; the message is its own words."""


def tool(*words: str, given: str | None = None) -> str:
    """Run a command to its end and return what it printed. Raises PlantError."""
    done = subprocess.run(words, input=given, capture_output=True, text=True, check=False, timeout=MOST_SECONDS)
    if done.returncode != 0:
        raise PlantError(f"'{' '.join(words)}' ended with {done.returncode}: {done.stderr.strip()}")
    return done.stdout


@dataclass(frozen=True)
class Space:
    """One namespace, by its name below /run/netns."""

    name: str

    @property
    def path(self) -> Path:
        """Where it can be entered."""
        return SPACES / self.name

    def exists(self) -> bool:
        """Tell whether it was made."""
        return self.path.exists()

    def make(self) -> None:
        """Make it, without addresses but the loopback's. Nothing in it makes up addresses of its own."""
        tool("ip", "netns", "add", self.name)
        self.run("sh", "-c", "echo 1 >/proc/sys/net/ipv6/conf/default/addr_gen_mode")
        tool("ip", "-n", self.name, "link", "set", "lo", "up")

    def remove(self) -> None:
        """End what runs in it and take it away; its links go with it."""
        if self.exists():
            self.end_all()
            tool("ip", "netns", "del", self.name)

    def run(self, *words: str) -> str:
        """Run a command in it to its end and return what it printed. Raises PlantError."""
        return tool("nsenter", f"--net={self.path}", *words)

    def ask(self, *words: str, seconds: float = MOST_SECONDS) -> subprocess.CompletedProcess[str]:
        """Run a command in it that may well fail. Raises subprocess.TimeoutExpired."""
        return subprocess.run(
            ["nsenter", f"--net={self.path}", *words], capture_output=True, text=True, check=False, timeout=seconds
        )

    def start(self, *words: str, log: Path, folder: Path | None = None) -> None:
        """Start a program that runs for as long as the namespace stands, whoever started it."""
        apart = ("setsid", "sh", "-c", 'exec "$@" </dev/null >>"$0" 2>&1', str(log), *words)
        launch = ("sh", "-c", '"$@" & ', "sh", *apart)  # nobody's child: no one has to wait for its end
        subprocess.run(["nsenter", f"--net={self.path}", *launch], check=True, cwd=folder, timeout=MOST_SECONDS)

    def await_listener(self, port: int, seconds: float = 20) -> None:
        """Wait until a program that was started takes TCP connections. Raises PlantError."""
        end = time.monotonic() + seconds
        while not self.run("ss", "-Hltn", "sport", "=", f":{port}"):
            if time.monotonic() > end:
                raise PlantError(f"Nothing listens on port {port} of {self.name} after {seconds:.0f} s.")
            time.sleep(0.05)

    def processes(self) -> list[int]:
        """Return the processes that run in it."""
        return [int(word) for word in tool("ip", "netns", "pids", self.name).split()]

    def end_all(self, seconds: float = 5) -> None:
        """End the programs that run in it, and wait until they are gone."""
        for number in (signal.SIGTERM, signal.SIGKILL):
            end = time.monotonic() + seconds
            for pid in self.processes():
                _signal(pid, number)
            while self.processes() and time.monotonic() < end:
                time.sleep(0.05)

    def inside(self, make: Callable[[], Made]) -> Made:
        """Call ``make`` on a thread that stands in the namespace: a socket stays where it was made."""
        found: list[Made] = []
        wrong: list[BaseException] = []

        def enter() -> None:
            try:
                self._enter()
                found.append(make())
            except BaseException as error:  # noqa: BLE001 - handed on to the caller
                wrong.append(error)

        thread = threading.Thread(target=enter)
        thread.start()
        thread.join()
        if wrong:
            raise wrong[0]
        return found[0]

    def _enter(self) -> None:
        libc = ctypes.CDLL(None, use_errno=True)
        descriptor = os.open(self.path, os.O_RDONLY)
        try:
            if libc.setns(descriptor, CLONE_NEWNET) != 0:
                raise OSError(ctypes.get_errno(), f"The namespace {self.name} cannot be entered")
        finally:
            os.close(descriptor)


def _signal(pid: int, number: signal.Signals) -> None:
    with suppress(ProcessLookupError):  # it has ended meanwhile
        os.kill(pid, number)
