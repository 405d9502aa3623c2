# SPDX-License-Identifier: Apache-2.0
"""Memory, processors and memory nodes out of /proc and /sys (proc(5); kernel admin-guide/cputopology)."""

from __future__ import annotations

import re

from ringfence.facts.host import NumaNode

_AMOUNT = re.compile(r"^(?:Node \d+ )?(\w+):\s+(\d+) kB", re.ASCII | re.MULTILINE)
_KIB_PER_MIB = 1024


def parse_meminfo(text: str) -> dict[str, int]:
    """MiB by name (``MemTotal``, ``MemAvailable`` ...), from /proc/meminfo or a node's meminfo."""
    return {match[1]: int(match[2]) // _KIB_PER_MIB for match in _AMOUNT.finditer(text)}


def parse_cpu_list(text: str) -> tuple[int, ...]:
    """Processor numbers out of ``0-3,8``; empty text is no processor. Raises ValueError for anything else."""
    numbers: list[int] = []
    for piece in filter(None, text.strip().split(",")):
        first, _, last = piece.partition("-")
        numbers.extend(range(int(first), int(last or first) + 1))
    return tuple(numbers)


def numa_node(number: int, cpulist: str, meminfo: str) -> NumaNode:
    """Describe a memory node by its ``cpulist`` and ``meminfo`` files in /sys/devices/system/node/nodeN."""
    return NumaNode(number, parse_cpu_list(cpulist), parse_meminfo(meminfo).get("MemTotal", 0))
