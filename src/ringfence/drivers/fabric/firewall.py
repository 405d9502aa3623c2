# SPDX-License-Identifier: Apache-2.0
"""The host's own packet filter, where br_netfilter sends bridged frames through it.

Docker sets iptables' FORWARD chain to DROP. Where that would catch the frames of our bridges, they are accepted by a
rule of ours, known by its comment. Nothing else of the host's rules is touched.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from ringfence.base.errors import Refused

from .tool import run

_SWITCHES = {"iptables": "bridge-nf-call-iptables", "ip6tables": "bridge-nf-call-ip6tables"}
_FOLDER = Path("/proc/sys/net/bridge")
_COMMENT = "ringfence"


def obstacles(bridges: Iterable[str]) -> Mapping[str, str]:
    """Return, by bridge, which chain would drop its frames."""
    names = tuple(bridges)
    found: dict[str, str] = {}
    for program in _filtering() if names else ():
        rules = _rules(program)
        if any(line == "-P FORWARD DROP" for line in rules):
            words = f"the host's {program} FORWARD chain drops its frames"
            found |= {name: words for name in names if not any(_accepts(line, name) for line in rules)}
    return found


def accept(bridge: str) -> None:
    """Let a bridge's frames pass the host's FORWARD chains that they are sent through."""
    for program in _filtering():
        if not any(_accepts(line, bridge) for line in _rules(program)):
            run([program, "-w", "5", "-I", "FORWARD", *_rule(bridge)])


def forget(bridge: str) -> None:
    """Take our rules for a bridge away again."""
    for program in _SWITCHES:
        for _ in (line for line in _rules(program) if _accepts(line, bridge)):
            run([program, "-w", "5", "-D", "FORWARD", *_rule(bridge)])


def _rule(bridge: str) -> list[str]:
    return ["-i", bridge, "-o", bridge, "-m", "comment", "--comment", _COMMENT, "-j", "ACCEPT"]


def _accepts(line: str, bridge: str) -> bool:
    return line.startswith(f"-A FORWARD -i {bridge} -o {bridge} ") and _COMMENT in line and "-j ACCEPT" in line


def _filtering() -> Iterator[str]:
    for program, switch in _SWITCHES.items():
        path = _FOLDER / switch
        if path.exists() and path.read_text().strip() == "1":
            yield program


def _rules(program: str) -> list[str]:
    with contextlib.suppress(Refused):  # without the program there are no such rules
        return run([program, "-w", "5", "-S", "FORWARD"]).splitlines()
    return []
