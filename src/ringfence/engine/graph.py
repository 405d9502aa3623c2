# SPDX-License-Identifier: Apache-2.0
"""Which steps may start: a graph of names, what they need, and what is done."""

from __future__ import annotations

from collections import deque
from collections.abc import Collection, Iterable, Mapping


class Graph:
    """Each node becomes ready once, when all that it needs is done. Needs that are no nodes count as done."""

    def __init__(self, needs: Mapping[str, Collection[str]]) -> None:
        self._open = {node: len({need for need in found if need in needs}) for node, found in needs.items()}
        self._followers: dict[str, list[str]] = {node: [] for node in needs}
        for node, found in needs.items():
            for need in {need for need in found if need in needs}:
                self._followers[need].append(node)
        self._ready = deque(node for node, count in self._open.items() if count == 0)

    def take_ready(self) -> list[str]:
        """Return the nodes that became ready since the last call, in their order."""
        found = list(self._ready)
        self._ready.clear()
        return found

    def done(self, nodes: Iterable[str]) -> None:
        """Take note that nodes are done; others may become ready."""
        for node in nodes:
            for follower in self._followers[node]:
                self._open[follower] -= 1
                if self._open[follower] == 0:
                    self._ready.append(follower)

    def behind(self, node: str) -> set[str]:
        """Return every node that needs this one, directly or through others."""
        found: set[str] = set()
        waiting = [node]
        while waiting:
            for follower in self._followers[waiting.pop()]:
                if follower not in found:
                    found.add(follower)
                    waiting.append(follower)
        return found
