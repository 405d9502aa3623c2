# SPDX-License-Identifier: Apache-2.0
"""Files of /proc/PID as facts about a process (proc(5)). Bytes that are no such file raise ValueError, nothing else."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from ringfence.facts.process import Capabilities, Credentials, Label, Limits, Namespaces
from ringfence.facts.unseen import Unseen

_NAMES = (
    "chown",
    "dac_override",
    "dac_read_search",
    "fowner",
    "fsetid",
    "kill",
    "setgid",
    "setuid",
    "setpcap",
    "linux_immutable",
    "net_bind_service",
    "net_broadcast",
    "net_admin",
    "net_raw",
    "ipc_lock",
    "ipc_owner",
    "sys_module",
    "sys_rawio",
    "sys_chroot",
    "sys_ptrace",
    "sys_pacct",
    "sys_admin",
    "sys_boot",
    "sys_nice",
    "sys_resource",
    "sys_time",
    "sys_tty_config",
    "mknod",
    "lease",
    "audit_write",
    "audit_control",
    "setfcap",
    "mac_override",
    "mac_admin",
    "syslog",
    "wake_alarm",
    "block_suspend",
    "audit_read",
    "perfmon",
    "bpf",
    "checkpoint_restore",
)
"""Capabilities by their numbers (linux/capability.h)."""
_STARTTIME = 19  # field 22 of /proc/PID/stat, counted behind the name in brackets
_LABEL_LIMIT = 4096
_PROFILE_MODES = ("enforce", "complain", "kill", "unconfined", "mixed", "prompt")
_LOOSE_TYPES = ("unconfined_t", "unconfined_service_t", "initrc_t", "kernel_t", "init_t", "virtd_t")


def capabilities(mask: str) -> Capabilities:
    """Return the names behind a hexadecimal mask. Raises ValueError."""
    number = int(mask, 16)
    if number < 0 or number.bit_length() > 64:  # noqa: PLR2004 - the kernel's masks have 64 bits
        raise ValueError(f"'{mask[:40]}' is no mask of capabilities.")
    bits = (bit for bit in range(64) if number >> bit & 1)
    return frozenset(_NAMES[bit] if bit < len(_NAMES) else f"cap_{bit}" for bit in bits)


def parse_status(text: bytes) -> Credentials:
    """Read /proc/PID/status. Raises ValueError where a line that every kernel writes is missing or odd."""
    lines = _fields(text)
    return Credentials(
        uids=_four(lines, "Uid"),
        gids=_four(lines, "Gid"),
        groups=tuple(int(word) for word in _line(lines, "Groups").split()),
        effective=capabilities(_line(lines, "CapEff")),
        permitted=capabilities(_line(lines, "CapPrm")),
        inheritable=capabilities(_line(lines, "CapInh")),
        bounding=capabilities(_line(lines, "CapBnd")),
        ambient=capabilities(_line(lines, "CapAmb")),
        no_new_privileges=_flag(lines, "NoNewPrivs"),
        seccomp=_number(lines, "Seccomp"),
        filters=_number(lines, "Seccomp_filters"),
        tracer=int(_line(lines, "TracerPid")),
        locked_kib=_number(lines, "VmLck"),
        swapped_kib=_number(lines, "VmSwap"),
    )


def _fields(text: bytes) -> dict[str, str]:
    """Return lines by name; a name that comes twice is odd, for a process chooses its own name (escaped by kernels)."""
    found: dict[str, str] = {}
    for line in text.decode("utf-8", "replace").split("\n"):
        name, colon, value = line.partition(":")
        if colon and name in found:
            raise ValueError(f"The line '{name[:40]}' comes twice.")
        if colon:
            found[name] = value.strip()
    return found


def _line(lines: Mapping[str, str], name: str) -> str:
    if name not in lines:
        raise ValueError(f"The line '{name}' is missing.")
    return lines[name]


def _four(lines: Mapping[str, str], name: str) -> tuple[int, int, int, int]:
    real, effective, saved, files = (int(word) for word in _line(lines, name).split())
    return real, effective, saved, files


def _number(lines: Mapping[str, str], name: str) -> int | Unseen:
    if name not in lines:
        return Unseen(f"This kernel does not tell '{name}'.")
    return int(lines[name].split()[0]) if lines[name] else _odd(name)


def _flag(lines: Mapping[str, str], name: str) -> bool | Unseen:
    found = _number(lines, name)
    if isinstance(found, int) and found not in {0, 1}:
        _odd(name)
    return found if isinstance(found, Unseen) else found == 1


def _odd(name: str) -> int:
    raise ValueError(f"The line '{name}' is odd.")


def began(stat: bytes) -> int:
    """Return when a process began, in ticks since boot. Raises ValueError."""
    words = stat.rpartition(b")")[2].split()
    if len(words) <= _STARTTIME:
        raise ValueError("This is no /proc/PID/stat.")
    return int(words[_STARTTIME])


def parse_limits(text: bytes) -> Limits:
    """Read /proc/PID/limits. Raises ValueError."""
    rows = [line.rpartition("bytes")[0].split() for line in text.decode("utf-8", "replace").split("\n")]
    by_name = {" ".join(row[:-2]): (row[-2], row[-1]) for row in rows if len(row) > 2}  # noqa: PLR2004 - name and two
    if not {"Max core file size", "Max locked memory"} <= by_name.keys():
        raise ValueError("This is no /proc/PID/limits.")
    soft, hard = by_name["Max core file size"]
    return Limits((_bytes(soft), _bytes(hard)), _bytes(by_name["Max locked memory"][0]))


def _bytes(word: str) -> int | None:
    return None if word == "unlimited" else int(word)


def parse_dump_filter(text: bytes) -> int:
    """Read /proc/PID/coredump_filter, a hexadecimal number. Raises ValueError."""
    return int(text, 16)


def parse_command(text: bytes) -> tuple[str, ...]:
    """Read /proc/PID/cmdline; a process can write it, so it identifies nothing by itself."""
    return tuple(word.decode("utf-8", "replace") for word in text.rstrip(b"\0").split(b"\0")) if text else ()


def parse_label(
    module: Literal["apparmor", "selinux", "other", "none"],
    text: bytes,
    enforcing: bool,  # noqa: FBT001 - what the kernel said of SELinux
) -> Label:
    """Read /proc/PID/attr/current as the kernel's module ``module`` writes it. Raises ValueError."""
    words = text.rstrip(b"\0\n").decode("utf-8")
    if module == "none":
        return Label("none")
    if not words or len(words) > _LABEL_LIMIT:
        raise ValueError("The label is empty or too long.")
    if module == "apparmor":
        return _apparmor(words)
    if module == "selinux":
        kind = words.split(":")[2]  # user:role:type:level
        return Label("selinux", words, enforcing and kind not in _LOOSE_TYPES)
    return Label("other", words)


def _apparmor(words: str) -> Label:
    if words == "unconfined":
        return Label("apparmor", words)
    profile, bracket, mode = words.rpartition(" (")
    if not bracket or mode.rstrip(")") not in _PROFILE_MODES:
        raise ValueError(f"'{words[:60]}' is no label of AppArmor.")
    return Label("apparmor", profile, mode.rstrip(")") in {"enforce", "kill"})


def compare_namespaces(own: Mapping[str, str], hosts: Mapping[str, str]) -> Namespaces:
    """Tell by the targets of /proc/PID/ns/* which namespaces are a process's own. Raises ValueError for none at all."""
    known = own.keys() & hosts.keys()
    if not known:
        raise ValueError("No namespace could be compared.")
    shared = frozenset(kind for kind in known if own[kind] == hosts[kind])
    return Namespaces(frozenset(known) - shared, shared)
