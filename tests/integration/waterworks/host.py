# SPDX-License-Identifier: Apache-2.0
"""What a site leaves on its host, and what it must not touch there. Read with the system's own tools."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

from tests.integration.waterworks.works import Works, meddle

LOGS = Path("/var/log/libvirt")
"""libvirt's logs outlive what they tell about; logrotate ends them."""
PLACES = ("/run", "/etc", "/var/lib/libvirt", "/var/lib/ringfence", "/dev/shm")  # noqa: S108 - only looked at
_OURS = re.compile(r"^table (bridge|inet) rf_\w+ \{\n.*?^\}\n", re.DOTALL | re.MULTILINE)
_VOLATILE = re.compile(r" (expires|packets|bytes) \S+")


def left_of(works: Works) -> list[str]:
    """Return everything on this host that carries the site's name."""
    return sorted({*_domains(works), *_links(works), *_rules(works), *_processes(works), *_files(works)})


def host_view() -> dict[str, str]:
    """Return what no site may change: rules, routes and addresses of the host outside Ringfence's tables."""
    commands = {
        "rules": "nft list ruleset",
        "routes": "ip route show table all",
        "routes6": "ip -6 route show table all",
        "policy": "ip rule; ip -6 rule",
        "addresses": "ip -o address",
        "eth0": "ip link show dev eth0",
        "forwarding": "cat /proc/sys/net/ipv4/ip_forward /proc/sys/net/ipv6/conf/all/forwarding",
    }
    found = {what: meddle("sh", "-c", command) for what, command in commands.items()}
    return {what: _OURS.sub("", _VOLATILE.sub("", text)) for what, text in found.items()}


def links_of(works: Works) -> list[str]:
    """Return the site's links on the host's side."""
    aliases = Path("/sys/class/net").glob("*/ifalias")
    return [path.parent.name for path in aliases if path.read_text().startswith(f"ringfence:{works.name}/")]


def _domains(works: Works) -> list[str]:
    names = meddle("virsh", "-q", "list", "--all", "--name").split()
    return [f"domain {name}" for name in names if name.startswith(f"{works.name}-")]


def _links(works: Works) -> list[str]:
    spaces = [line.split()[0] for line in meddle("ip", "netns", "list").splitlines()]
    return [
        *(f"link {name}" for name in links_of(works)),
        *(f"namespace {one}" for one in spaces if one.partition("~")[0] == works.namespace),
    ]


def _rules(works: Works) -> list[str]:
    listed = subprocess.run(["nft", "list", "table", "bridge", works.table], capture_output=True, check=False)
    return ["rules of the guard"] if listed.returncode == 0 else []


def _processes(works: Works) -> list[str]:
    marks = (f"/run/ringfence/{works.name}/", f"guest={works.name}-")
    here = Path("/proc/self/ns/pid").readlink()  # containers on this host have plants of their own
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            words = (folder / "cmdline").read_text(errors="replace").replace("\0", " ")
            ours = any(mark in words for mark in marks) and (folder / "ns/pid").readlink() == here
        except OSError:
            continue  # it has ended meanwhile
        found += [f"process {words[:80]}"] if ours else []
    return found


def _files(works: Works) -> list[str]:
    named = [path for place in map(Path, PLACES) if place.is_dir() for path in _below(place) if works.name in path.name]
    own = [works.state / works.name, *works.pool.parent.glob(f"{works.pool.name}/**/*")]
    return [f"file {path}" for path in (*named, *own) if path.exists()]


def _below(place: Path) -> list[Path]:
    """Return files and folders a few levels down; /run/user and other mounts are of no interest."""
    return [path for depth in range(1, 5) for path in place.glob("/".join(["*"] * depth))]
