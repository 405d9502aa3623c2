# SPDX-License-Identifier: Apache-2.0
"""Agents in several namespaces, each a process that stays, asked side by side."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Any

AGENT = Path(__file__).with_name("agent.py")
DEADLINE_S = 60.0
_TOKENS = count(1)


def token() -> str:
    """Return a word that no packet carried before."""
    return f"RF:{next(_TOKENS):08x}"


@dataclass
class Actor:
    """One agent."""

    process: subprocess.Popen[bytes]
    line: socket.socket

    def ask(self, do: str, **words: Any) -> Any:
        self.line.sendall(json.dumps({"do": do, **words}).encode() + b"\n")
        heard = b""
        while not heard.endswith(b"\n"):
            piece = self.line.recv(1 << 20)
            if not piece:
                raise OSError(f"The agent ended ({do}).")
            heard += piece
        return json.loads(heard)["answer"]

    def stop(self) -> None:
        self.line.close()
        self.process.wait(10)


@dataclass
class Troupe:
    """Actors by name."""

    actors: Mapping[str, Actor]

    def each(self, do: str, orders: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
        """Ask several actors at once; return their answers by name."""
        with ThreadPoolExecutor(len(orders) or 1) as pool:
            found = {name: pool.submit(self.actors[name].ask, do, **words) for name, words in orders.items()}
            return {name: future.result() for name, future in found.items()}

    def serve(self, names: Iterable[str], tcp: Sequence[int] = (), udp: Sequence[int] = ()) -> None:
        """Let actors listen."""
        self.each("serve", {name: {"tcp": list(tcp), "udp": list(udp)} for name in names})

    def rest(self, seconds: float, *names: str) -> None:
        """Let time pass for actors that have conversations running."""
        self.each("wait", {name: {"seconds": seconds} for name in names})

    def seen(self, seconds: float = 0.3) -> dict[str, Any]:
        """Return what reached whom since the last time."""
        return self.each("seen", {name: {"seconds": seconds} for name in self.actors})

    def __getitem__(self, name: str) -> Actor:
        return self.actors[name]


def start(namespace: str, links: list[str]) -> Actor:
    """Start an agent in a namespace, the host's own where it is empty."""
    near, far = socket.socketpair()
    near.settimeout(DEADLINE_S)
    enter = ["nsenter", f"--net=/run/netns/{namespace}"] if namespace else []
    words = [*enter, sys.executable, "-I", "-S", str(AGENT), *links]
    process = subprocess.Popen(words, stdin=far.fileno(), stdout=subprocess.DEVNULL)
    far.close()
    return Actor(process, near)


@contextmanager
def troupe(places: Mapping[str, tuple[str, list[str]]]) -> Iterator[Troupe]:
    """Yield agents in namespaces at links, by name; they end with the block."""
    with ExitStack() as stack:
        actors = {}
        for name, (namespace, links) in places.items():
            actors[name] = start(namespace, links)
            stack.callback(actors[name].stop)
        found = Troupe(actors)
        found.rest(0, *actors)
        yield found
