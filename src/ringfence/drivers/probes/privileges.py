# SPDX-License-Identifier: Apache-2.0
"""Gives up everything a process does not need to ask one question: user, groups, capabilities, limits.

Kernel interfaces: setns(2), prctl(2), capabilities(7), getrlimit(2). Python 3.11 has neither setns nor prctl.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import resource

_CLONE_NEWNET = 0x40000000  # linux/sched.h
_PR_CAPBSET_DROP, _PR_SET_NO_NEW_PRIVS = 24, 38  # linux/prctl.h
_PR_SET_DUMPABLE = 4
_LAST_CAPABILITY = 63  # the kernel answers EINVAL for those it does not know
_FILES, _MEMORY_BYTES = 16, 512 * 1024 * 1024

_libc = ctypes.CDLL(None, use_errno=True)


def enter_network_namespace(path: str) -> None:
    """Move this process into the network namespace kept at ``path``. Raises OSError."""
    descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        _checked(_libc.setns(descriptor, _CLONE_NEWNET), path)
    finally:
        os.close(descriptor)


def become_nobody(uid: int) -> None:
    """Become user and group ``uid`` with no group, no capability and no way back. Raises OSError.

    A process that is not root has no capabilities to lose and stays who it is.
    """
    if os.geteuid() == 0:
        for capability in range(_LAST_CAPABILITY + 1):
            _libc.prctl(_PR_CAPBSET_DROP, capability, 0, 0, 0)
        os.setgroups([])
        os.setresgid(uid, uid, uid)
        os.setresuid(uid, uid, uid)
    _checked(_libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0), "no_new_privs")
    _checked(_libc.prctl(_PR_SET_DUMPABLE, 0, 0, 0, 0), "dumpable")


def limit(seconds: int) -> None:
    """Bound processor time (``seconds`` and a little), memory and files; forbid writing, forking, cores."""
    bounds = {
        resource.RLIMIT_CPU: seconds + 2,
        resource.RLIMIT_AS: _MEMORY_BYTES,
        resource.RLIMIT_NOFILE: _FILES,
        resource.RLIMIT_FSIZE: 0,
        resource.RLIMIT_CORE: 0,
        resource.RLIMIT_NPROC: 0,
    }
    for what, bound in bounds.items():
        with contextlib.suppress(ValueError):  # a limit that is lower already stays
            resource.setrlimit(what, (bound, bound))


def _checked(result: int, what: str) -> None:
    if result != 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number), what)
