# SPDX-License-Identifier: Apache-2.0
"""dnsmasq in the router's namespace: started, told of new hosts, stopped. It outlives whoever started it."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Mapping
from pathlib import Path

from ringfence.base.errors import DeadlinePassed
from ringfence.compile.document import Document
from ringfence.compile.fabric.dhcp import dhcp_script
from ringfence.compile.part.dhcp import command, conf_file, conf_path, hosts_file, run_folder
from ringfence.compile.scope import Scope
from ringfence.observe.dnsmasq import DhcpSight

from .tool import NAMESPACES, run

_STOP_S = 5.0


def look_dhcp(scope: Scope) -> DhcpSight | None:
    """Return the files and the process of this fabric's address service; None where nothing of it stands."""
    folder = Path(run_folder(scope))
    confs = sorted(folder.glob("dnsmasq-*.conf"))
    process = _process(scope)
    if not confs and process is None:
        return None
    arguments = process[1] if process and _is_inside(scope, process[0]) else ()
    read = [path for path in confs if f"--conf-file={path}" in arguments]
    conf = _read((read or confs or [folder / "none"])[0])
    return DhcpSight(conf, _read(folder / "dhcp-hosts"), _read(folder / "dhcp-hosts.loaded"), arguments)


def ensure_dhcp(scope: Scope, document: Document) -> None:
    """Bring dnsmasq to the document: a new hosts file is told by SIGHUP, another configuration needs a restart."""
    parts = document.parts
    if _serves(scope, parts):
        _tell_hosts(scope, hosts_file(parts))
        return
    stop_dhcp(scope)
    run(["sh", "-e"], dhcp_script(scope, parts))


def remove_dhcp(scope: Scope) -> None:
    """Stop dnsmasq and remove its files."""
    stop_dhcp(scope)
    folder = Path(run_folder(scope))
    for above in (folder, folder.parent):
        if above.is_dir() and not any(above.iterdir()):
            above.rmdir()


def stop_dhcp(scope: Scope) -> None:
    """Stop dnsmasq, if one of ours runs, and remove what it read and wrote."""
    found = _process(scope)
    if found:
        _end(found[0])
    folder = Path(run_folder(scope))
    for pattern in ("dnsmasq-*.conf", "dnsmasq.pid", "dhcp-hosts*"):
        for path in folder.glob(pattern):
            path.unlink(missing_ok=True)


def _serves(scope: Scope, parts: Mapping[str, str]) -> bool:
    conf, found = conf_file(parts), _process(scope)
    if found is None or not _is_inside(scope, found[0]) or found[1][1:] != command(scope, conf)[1:]:
        return False
    return _read(Path(conf_path(scope, conf))) == conf


def _tell_hosts(scope: Scope, hosts: str) -> None:
    folder, found = Path(run_folder(scope)), _process(scope)
    _write(folder / "dhcp-hosts", hosts)
    if found:
        os.kill(found[0], signal.SIGHUP)
        _write(folder / "dhcp-hosts.loaded", hosts)


def _process(scope: Scope) -> tuple[int, tuple[str, ...]] | None:
    """Return number and arguments of the dnsmasq that our pid file names, if that is what the number stands for."""
    text = _read(Path(run_folder(scope)) / "dnsmasq.pid").strip()
    if not text.isdecimal():
        return None
    raw = _read(Path("/proc") / text / "cmdline")
    arguments = tuple(raw.split("\0")[:-1])
    ours = any(word == f"--pid-file={run_folder(scope)}/dnsmasq.pid" for word in arguments)
    return (int(text), arguments) if ours else None


def _is_inside(scope: Scope, pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/ns/net").samefile(Path(NAMESPACES, scope.namespace))
    except OSError:
        return False


def _end(pid: int) -> None:
    until = time.monotonic() + _STOP_S
    os.kill(pid, signal.SIGTERM)
    while _lives(pid):
        if time.monotonic() > until:
            os.kill(pid, signal.SIGKILL)
            raise DeadlinePassed(
                f"dnsmasq (process {pid}) did not stop within {_STOP_S:g} s and was killed.",
                "Apply again.",
            )
        time.sleep(0.01)


def _lives(pid: int) -> bool:
    """Tell whether a process runs. One that has ended and waits for its parent does not."""
    state = _read(Path(f"/proc/{pid}/stat")).rpartition(")")[2].split()
    return bool(state) and state[0] not in {"Z", "X"}


def _read(path: Path) -> str:
    try:
        return path.read_text()
    except OSError:
        return ""


def _write(path: Path, text: str) -> None:
    new = path.with_name(path.name + ".new")
    new.write_text(text)
    new.chmod(0o644)
    new.replace(path)
