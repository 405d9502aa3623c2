# SPDX-License-Identifier: Apache-2.0
"""A filter in the kernel for sockets on live links: all but canaries' packets is left alone (kernel filter.rst)."""

from __future__ import annotations

import ctypes
import socket
import struct
from collections.abc import Sequence
from ipaddress import ip_address

_LD_WORD, _LD_HALF, _JEQ, _RETURN = 0x20, 0x28, 0x15, 0x06
"""BPF_LD|BPF_W|BPF_ABS, BPF_LD|BPF_H|BPF_ABS, BPF_JMP|BPF_JEQ|BPF_K, BPF_RET|BPF_K (linux/bpf_common.h)."""
_NETWORK = 0xFFF00000
"""SKF_NET_OFF of linux/filter.h: from here offsets count from the IP header, whatever kind of socket it is."""
_ATTACH = 26
"""SO_ATTACH_FILTER."""
_WHOLE, _FOUR = 0xFFFF, 4

Step = tuple[int, int, int, int]
"""Code, jumps where it is so and where it is not, and the number."""


def attach(sock: socket.socket, steps: Sequence[Step]) -> None:
    """Give a socket its filter. Raises OSError where the kernel refuses it."""
    packed = b"".join(struct.pack("=HBBI", *step) for step in steps)
    buffer = ctypes.create_string_buffer(packed, len(packed))
    sock.setsockopt(socket.SOL_SOCKET, _ATTACH, struct.pack("@HP", len(steps), ctypes.addressof(buffer)))


def of_frames(senders: Sequence[str], macs: Sequence[str]) -> list[Step]:
    """Return what lets frames pass that come from one of these MACs, or hold a packet of one of these senders."""
    four, six = _numbers(senders)
    found = _any(_LD_WORD, 8, [int(one.replace(":", "")[4:], 16) for one in macs])
    for kind, at, numbers in ((0x0800, 26, four), (0x86DD, 34, six)):
        asked = _any(_LD_WORD, at, numbers)
        found += [(_LD_HALF, 0, 0, 12), (_JEQ, 0, len(asked), kind), *asked]
    return [*found, (_RETURN, 0, 0, 0)]


def of_packets(senders: Sequence[str], version: int) -> list[Step]:
    """Return what lets packets of one version of IP pass that come from one of these senders."""
    four, six = _numbers(senders)
    at, numbers = (12, four) if version == _FOUR else (20, six)
    return [*_any(_LD_WORD, _NETWORK + at, numbers), (_RETURN, 0, 0, 0)]


def _any(load: int, at: int, numbers: Sequence[int]) -> list[Step]:
    """Return steps that let pass what has one of these numbers there, and go on for anything else."""
    tests = [step for one in numbers for step in ((_JEQ, 0, 1, one), (_RETURN, 0, 0, _WHOLE))]
    return [(load, 0, 0, at), *tests] if tests else []


def _numbers(senders: Sequence[str]) -> tuple[list[int], list[int]]:
    """Return IPv4 addresses, and the last 32 bits of IPv6 addresses."""
    found = [ip_address(one) for one in senders]
    last = [int(one) & 0xFFFFFFFF for one in found]
    pairs = list(zip(found, last, strict=True))
    return [n for one, n in pairs if one.version == _FOUR], [n for one, n in pairs if one.version != _FOUR]
