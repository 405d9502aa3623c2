# SPDX-License-Identifier: Apache-2.0
"""Canaries' flight, in a process of its own: ``python -m ringfence.drivers.shadow.flight``, its order on stdin.

It only listens at live links, behind a filter of the kernel that takes canaries' packets and leaves all others alone.
"""

from __future__ import annotations

import json
import socket
import sys
import time
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress

from ringfence.base.errors import RingfenceError
from ringfence.compile.document import Document, Kind
from ringfence.compile.scope import Scope
from ringfence.ports.shadow import Fired, Perch, Shot, Volley

from .ground import Ground, Listener
from .orders import dump_fired, load_flight
from .perches import perched
from .sieve import attach, of_frames, of_packets
from .spaces import inside, packet_socket

_RAW4, _RAW6 = (1, 6, 17), (6, 17, 58)
_LAST_S = 0.5
"""After the last packet it listens for so long."""


def main() -> None:
    """Fly, and tell."""
    scope, documents, perches, volley, pace = load_flight(sys.stdin.readline())
    try:
        with perched(scope, perches) as space:
            _say(json.dumps({"tell": f"{len(perches)} canaries fly."}))
            fired = _fly(scope, documents, perches, (volley, pace), space)
    except RingfenceError as refused:
        _say(json.dumps({"refused": [refused.problem, refused.next_step]}))
    except OSError as gone:
        _say(json.dumps({"refused": [f"Canaries cannot fly: {gone}.", "Look with 'ringfence drift'."]}))
    else:
        _say(dump_fired(fired, ()))


def _fly(
    scope: Scope, documents: Sequence[Document], perches: Sequence[Perch], what: tuple[Volley, float], space: str
) -> Fired:
    volley, pace = what
    ground = Ground(volley.nonce)
    senders = sorted({one for perch in perches for one in perch.senders})
    macs = sorted({perch.port.parts["stub/mac"] for perch in perches})
    _listen(ground, scope, documents, (senders, macs))
    mouths = {}
    with inside(space):
        for one in perches:
            mouths[one.end] = ground.watch(Listener(packet_socket(one.port.parts["stub/name"]), one.end))
    sent, until = 0, time.monotonic() + volley.seconds
    for group in _turns(volley.shots):
        if time.monotonic() > until:
            break
        for shot in group:
            with suppress(OSError):
                sent += mouths[shot.end].sock.send(shot.frame) > 0
        ground.rest(time.monotonic() + 1 / pace, quiet=1 / pace)
    ground.rest(time.monotonic() + _LAST_S, quiet=_LAST_S)
    return Fired(frozenset(ground.arrivals), sent)


def _turns(shots: Sequence[Shot]) -> Iterator[list[Shot]]:
    """Yield shots in turns, one of each canary."""
    by_end: dict[str, list[Shot]] = defaultdict(list)
    for shot in shots:
        by_end[shot.end].append(shot)
    for turn in range(max(map(len, by_end.values()), default=0)):
        yield [found[turn] for found in by_end.values() if turn < len(found)]


def _listen(
    ground: Ground, scope: Scope, documents: Sequence[Document], known: tuple[Sequence[str], Sequence[str]]
) -> None:
    steps = of_frames(*known)
    for space, links in _ears(scope, documents).items():
        with inside(space):
            for link, name in links:
                sock = packet_socket(link, outgoing=name != "host")
                attach(sock, steps)
                ground.watch(Listener(sock, name))
    with inside(scope.namespace):
        for version, family, protocols in ((4, socket.AF_INET, _RAW4), (6, socket.AF_INET6, _RAW6)):
            for protocol in protocols:
                sock = socket.socket(family, socket.SOCK_RAW, protocol)
                attach(sock, of_packets(known[0], version))
                ground.watch(Listener(sock, "router"))


def _ears(scope: Scope, documents: Sequence[Document]) -> Mapping[str, list[tuple[str, str]]]:
    """Return the live links to listen at, by namespace, and whose they are."""
    found: dict[str, list[tuple[str, str]]] = {"": [], scope.namespace: []}
    for one in documents:
        name, tail = one.parts.get("name", ""), one.address.rsplit("/", 2)[1:]
        if one.kind is Kind.PORT and name:
            found[""].append((name, f"workload/{'/'.join(tail)}"))
        elif one.kind is Kind.UPLINK and "bpdu_guard" in one.parts:
            found[""].append((name, f"wire/{tail[-1]}"))
        elif one.kind is Kind.UPLINK and name:
            found[scope.namespace].append((name, f"uplink/{tail[-1]}"))
        elif one.kind is Kind.LINK and "bridge/name" in one.parts:
            found[""].append((one.parts["bridge/name"], "host"))
    return found


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
