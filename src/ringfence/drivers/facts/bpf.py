# SPDX-License-Identifier: Apache-2.0
"""Asks the kernel how many BPF programs judge the devices of a control group (bpf(2), BPF_PROG_QUERY)."""

from __future__ import annotations

import ctypes
import os
import platform
from pathlib import Path

_CALLS = {"x86_64": 321, "aarch64": 280}
"""Number of bpf(2) (asm/unistd.h)."""
_QUERY, _DEVICE, _EFFECTIVE = 16, 6, 1  # BPF_PROG_QUERY, BPF_CGROUP_DEVICE, BPF_F_QUERY_EFFECTIVE (linux/bpf.h)


class _Query(ctypes.Structure):
    _fields_ = (
        ("target_fd", ctypes.c_uint32),
        ("attach_type", ctypes.c_uint32),
        ("query_flags", ctypes.c_uint32),
        ("attach_flags", ctypes.c_uint32),
        ("prog_ids", ctypes.c_uint64),
        ("prog_cnt", ctypes.c_uint32),
        ("pad", ctypes.c_uint32),
        ("prog_attach_flags", ctypes.c_uint64),
        ("link_ids", ctypes.c_uint64),
        ("link_attach_flags", ctypes.c_uint64),
        ("revision", ctypes.c_uint64),
    )


def device_programs(folder: Path) -> int:
    """Return how many programs judge every device that a process of this group opens, those of its parents included.

    Raises OSError: EPERM without CAP_NET_ADMIN, EINVAL from a kernel without it, ENOTTY for no control group.
    """
    number = _CALLS.get(platform.machine())
    if number is None:
        raise OSError(f"bpf(2) has no known number on {platform.machine()}")
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        return _ask(number, descriptor)
    finally:
        os.close(descriptor)


def _ask(number: int, descriptor: int) -> int:
    ids = (ctypes.c_uint32 * 64)()
    query = _Query(descriptor, _DEVICE, _EFFECTIVE, 0, ctypes.addressof(ids), len(ids))
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.syscall(number, _QUERY, ctypes.byref(query), ctypes.sizeof(query)) != 0:
        code = ctypes.get_errno()
        raise OSError(code, os.strerror(code))
    return int(query.prog_cnt)
