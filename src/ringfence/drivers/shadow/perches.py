# SPDX-License-Identifier: Apache-2.0
"""Perches on live bridges: made, and gone with the process that made them.

The far ends of the ports lie in a namespace without a name, which ends with the process, and takes the ports along.
The guard's elements are taken out again by a shell that waits for us to end (see ``drivers/fabric/owned``). If somebody
kills that one too, they stand as drift until the next flight or the next apply.
"""

from __future__ import annotations

import ctypes
import os
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from ringfence.base.addresses import own_name
from ringfence.base.errors import DeadlinePassed
from ringfence.compile.document import Document, Kind
from ringfence.compile.fabric.guard import guard_elements, guard_lines
from ringfence.compile.fabric.shell import below, identity, port_flags, sysctls
from ringfence.compile.part.alias import owner
from ringfence.compile.part.element import delete_elements
from ringfence.compile.scope import Scope
from ringfence.drivers.fabric.look import guard_tables, look_host
from ringfence.drivers.fabric.tables import ensure_guards, load
from ringfence.drivers.fabric.tool import DEADLINE_S, run
from ringfence.observe.links import links_of
from ringfence.observe.rules import guard_documents
from ringfence.plan.change import Change
from ringfence.ports.shadow import Perch

MARK = "canary."
"""How the names of canaries begin: no workload's can, for a name has no full stop."""
_CLONE_NEWNET = 0x40000000
_libc = ctypes.CDLL(None, use_errno=True)


@contextmanager
def perched(scope: Scope, perches: Sequence[Perch]) -> Iterator[str]:
    """Let canaries sit while the context lasts; yield the path of the namespace that their ends are in."""
    clear(scope)
    space = _nowhere()
    path = f"/proc/{os.getpid()}/fd/{space}"
    with _held(scope, perches):
        try:
            load("\n".join(line for one in perches for line in _guard(scope, one.guard)) + "\n")
            for one in perches:
                run(["sh", "-e"], _port(one.port, path))
            yield path
        finally:
            for one in perches:
                run(["ip", "link", "del", "dev", one.port.parts["name"]], accept=(0, 1))
            os.close(space)
    clear(scope)


def clear(scope: Scope) -> None:
    """Take away what somebody left who was ended at the worst moment."""
    prefix = owner(scope, "port", MARK)
    for name, link in links_of(look_host(scope)).by_name.items():
        if str(link.get("ifalias", "")).startswith(prefix):
            run(["ip", "link", "del", "dev", name], accept=(0, 1))
    left = [one for one in guard_documents(scope, guard_tables(scope)).values() if _is_ours(one)]
    if left:
        ensure_guards(scope, [Change(one, None) for one in left])


def _is_ours(document: Document) -> bool:
    return document.kind is Kind.GUARD and own_name(document.address).startswith(MARK)


def _nowhere() -> int:
    """Return a new network namespace that has no name, as an open file. Raises OSError."""
    home = os.open("/proc/self/ns/net", os.O_RDONLY)
    try:
        if _libc.unshare(_CLONE_NEWNET) != 0:
            raise OSError(ctypes.get_errno(), "unshare")
        for scope in ("all", "default"):
            with open(f"/proc/sys/net/ipv6/conf/{scope}/disable_ipv6", "w", encoding="ascii") as file:  # noqa: PTH123 - inside
                file.write("1")
        return os.open("/proc/self/ns/net", os.O_RDONLY)
    finally:
        _libc.setns(home, _CLONE_NEWNET)
        os.close(home)


@contextmanager
def _held(scope: Scope, perches: Sequence[Perch]) -> Iterator[None]:
    """Have the guard's elements taken out when the context ends, or we do."""
    lines = "\n".join(line for one in perches for line in _unguard(scope, one.guard))
    words = ["sh", "-c", "cat >/dev/null; printf '%s\\n' \"$1\" | nft -f - 2>/dev/null", "canaries", lines]
    with subprocess.Popen(words, stdin=subprocess.PIPE, start_new_session=True) as process:
        try:
            yield
        finally:
            if process.stdin is not None:
                process.stdin.close()
            try:
                process.wait(DEADLINE_S)
            except subprocess.TimeoutExpired:
                process.kill()
                raise DeadlinePassed(
                    "The guard's elements of canaries were not taken out in time.", "'ringfence drift' shows them."
                ) from None


def _guard(scope: Scope, guard: Document) -> Iterator[str]:
    yield from guard_lines(f"bridge {scope.table}", own_name(guard.address), guard.parts)


def _unguard(scope: Scope, guard: Document) -> Iterator[str]:
    table = f"bridge {scope.table}"
    yield from delete_elements(table, [one[:2] for one in guard_elements(own_name(guard.address), guard.parts)])
    chains = [key.removeprefix("chain/") for key in guard.parts if key.startswith("chain/")]
    yield from (f"flush chain {table} {name}" for name in chains)
    yield from (f"delete chain {table} {name}" for name in chains)


def _port(port: Document, space: str) -> str:
    """Return sh that makes a port, its far end in a namespace: up, and silent."""
    parts, far = port.parts, below(port.parts, "stub")
    pair = f"ip link add name {parts['name']} type veth peer name {far['name']} address {far['mac']} netns {space}"
    lines = (
        pair,
        f"nsenter --net={space} ip link set dev {far['name']} up",
        *identity(parts),
        *sysctls(parts),
        f"ip link set dev {parts['name']} master {parts['master']}",
        *port_flags(parts),
        f"ip link set dev {parts['name']} up",
    )
    return "\n".join(lines) + "\n"
