# SPDX-License-Identifier: Apache-2.0
"""Reads how libvirt was told to run machines, who may talk to it, and who is in the groups that reach guests."""

from __future__ import annotations

import contextlib
import math
import os
import stat
from collections.abc import Iterator
from dataclasses import dataclass

from ringfence.facts.posture import Settings
from ringfence.observe.settings import parse_settings

from .census import Census, Passer
from .seeing import seen
from .tree import Tree

GROUPS = ("libvirt", "libvirt-qemu", "kvm", "disk", "qemu")
_DAEMONS = ("libvirtd", "virtqemud", "virtproxyd")
_FOLDER = "etc/libvirt"
_SOCKETS = "run/libvirt"


@dataclass(frozen=True, slots=True)
class SettingsReader:
    """Reads below a tree; ``people`` tell which of libvirt's daemons runs."""

    tree: Tree
    people: Census

    def settings(self) -> Settings:
        """Return libvirt's settings."""
        return Settings(
            seen("the settings of QEMU", lambda: self._file("qemu.conf")),
            seen("the settings of libvirt's daemon", self._daemon),
            seen("libvirt's sockets", lambda: dict(self._sockets())),
            self._unread(),
        )

    def _daemons(self) -> tuple[Passer, ...]:
        return tuple(one for one in self.people.passers if one.name in _DAEMONS)

    def _unread(self) -> tuple[str, ...]:
        """Return files that changed since the daemon that reads them began: it reads them once."""
        began = [self._since_1970(one) for one in self._daemons() if one.name != "virtproxyd"]
        paths = [f"{_FOLDER}/qemu.conf", *(f"{_FOLDER}/{one.name}.conf" for one in self._daemons())]
        with contextlib.suppress(OSError):
            return tuple(
                f"/{path}"
                for path in dict.fromkeys(paths)
                if self.tree.path(path).exists() and self.tree.path(path).stat().st_mtime > min(began, default=math.inf)
            )
        return ()

    def _since_1970(self, one: Passer) -> float:
        lines = self.tree.text("proc/stat").splitlines()
        boot = next((float(line.split()[1]) for line in lines if line.startswith("btime ")), 0.0)
        return boot + one.began / os.sysconf("SC_CLK_TCK") + 1  # btime has whole seconds

    def _file(self, name: str) -> dict[str, str]:
        try:
            return parse_settings(self.tree.text(f"{_FOLDER}/{name}"))
        except FileNotFoundError:
            return {}  # the defaults hold

    def _daemon(self) -> dict[str, str]:
        """Return the settings of the daemons that serve connections; ``--listen`` stands for libvirtd's option."""
        found: dict[str, str] = {}
        commands = [one.command for one in self._daemons()]
        names = {command[0].rsplit("/", 1)[-1] for command in commands if command} or {"libvirtd"}
        for name in sorted(names):
            found |= self._file(f"{name}.conf")
        listens = any(word in {"--listen", "-l"} for command in commands for word in command)
        return {**found, **({"--listen": "1"} if listens else {})}

    def _sockets(self) -> Iterator[tuple[str, str]]:
        for path in sorted(self.tree.path(_SOCKETS).iterdir()):
            found = path.lstat()
            if stat.S_ISSOCK(found.st_mode):
                yield path.name, f"{stat.S_IMODE(found.st_mode):04o} {found.st_uid}:{found.st_gid}"

    def members(self) -> dict[str, tuple[str, ...]]:
        """Return users by group, primary groups included. Raises OSError."""
        groups = [line.split(":") for line in self.tree.text("etc/group").splitlines()]
        users = [line.split(":") for line in self.tree.text("etc/passwd").splitlines()]
        primary = [(words[0], words[3]) for words in users if len(words) > 3]  # noqa: PLR2004 - passwd(5)
        found: dict[str, tuple[str, ...]] = {}
        for words in groups:
            if len(words) > 3 and words[0] in GROUPS:  # noqa: PLR2004 - group(5)
                own = [name for name, gid in primary if gid == words[2]]
                found[words[0]] = tuple(dict.fromkeys([*filter(None, words[3].split(",")), *own]))
        return found
