# SPDX-License-Identifier: Apache-2.0
"""The address service's files and program: how its parts lie on the host, so that they can be read back."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping

from ringfence.compile.scope import Scope


def run_folder(scope: Scope) -> str:
    """Return the folder of what dnsmasq reads and writes; gone after a reboot."""
    return f"/run/ringfence/{scope.site}/{scope.fabric}"


def conf_file(parts: Mapping[str, str]) -> str:
    """Return dnsmasq's configuration; a comment before each line says which part it is."""
    lines = ((key.removeprefix("conf/"), line) for key, line in sorted(parts.items()) if key.startswith("conf/"))
    return "".join(f"# {key}\n{line}\n" for key, line in lines)


def hosts_file(parts: Mapping[str, str]) -> str:
    """Return what dnsmasq reads again on SIGHUP: who gets which address."""
    lines = ((key.removeprefix("host/"), line) for key, line in sorted(parts.items()) if key.startswith("host/"))
    return "".join(f"{line} # {key}\n" for key, line in lines)


def conf_path(scope: Scope, conf: str) -> str:
    """Return where a configuration lies. The name holds its digest: the process's arguments tell what it has read."""
    return f"{run_folder(scope)}/dnsmasq-{hashlib.sha256(conf.encode()).hexdigest()[:16]}.conf"


def command(scope: Scope, conf: str) -> tuple[str, ...]:
    """Return the program and arguments that serve this fabric, to be run in the router's namespace."""
    return ("dnsmasq", f"--conf-file={conf_path(scope, conf)}", f"--pid-file={run_folder(scope)}/dnsmasq.pid")
