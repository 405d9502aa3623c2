# SPDX-License-Identifier: Apache-2.0
"""Lines of sh that bring links to their parts. They may be run again, and at boot without Ringfence (decision 7)."""

from __future__ import annotations

import shlex
from collections.abc import Iterable, Iterator, Mapping

Parts = Mapping[str, str]

PORT_FLAGS = {
    "isolated": "isolated",
    "learning": "learning",
    "flood": "flood",
    "mcast_flood": "mcast_flood",
    "bcast_flood": "bcast_flood",
    "bpdu_guard": "guard",
}
"""Our word and ``bridge link set``'s word for each flag of a bridge's port."""
_SWITCH = {"0": "off", "1": "on"}


def inside(namespace: str, lines: Iterable[str]) -> str:
    """Return one line that runs ``lines`` in a network namespace, stopping at the first that fails."""
    return f"nsenter --net=/run/netns/{namespace} sh -ec {shlex.quote('; '.join(lines))}"


def unless_link(name: str, line: str) -> str:
    """Return a line that does something where a link does not stand yet."""
    return f"ip link show dev {name} >/dev/null 2>&1 || {line}"


def below(parts: Parts, end: str) -> dict[str, str]:
    """Return the parts of one end: ``{"mac": ...}`` of ``{"bridge/mac": ...}``."""
    return {key.removeprefix(f"{end}/"): value for key, value in parts.items() if key.startswith(f"{end}/")}


def identity(parts: Parts) -> Iterator[str]:
    """Yield the line that gives a link its alias and MAC."""
    name = parts["name"]
    words = [f"alias {shlex.quote(parts['alias'])}"] if "alias" in parts else []
    words += [f"address {parts['mac']}"] if "mac" in parts else []
    if words:
        yield f"ip link set dev {name} {' '.join(words)}"


def sysctls(parts: Parts) -> Iterator[str]:
    """Yield a line per setting such as ``inet.conf.rp_filter`` (of this link) or ``net.ipv4.ip_forward``."""
    for key, value in sorted(parts.items()):
        path = sysctl_path(key, parts.get("name", ""))
        if path:
            yield f"echo {value} >{path}"


def sysctl_path(key: str, link: str) -> str | None:
    """Return the file of a setting, None where the part is no setting."""
    words = key.split(".")
    if words[0] == "net":
        return "/proc/sys/" + "/".join(words)
    if words[0] in {"inet", "inet6"}:
        version = {"inet": "ipv4", "inet6": "ipv6"}[words[0]]
        return f"/proc/sys/net/{version}/{words[1]}/{link}/{words[2]}"
    return None


def port_flags(parts: Parts) -> Iterator[str]:
    """Yield the line that sets a bridge port's flags, and the line that binds the one MAC behind it."""
    name = parts["name"]
    words = [f"{word} {_SWITCH[parts[key]]}" for key, word in PORT_FLAGS.items() if key in parts]
    if words:
        yield f"bridge link set dev {name} {' '.join(words)}"
    if "fdb" in parts:
        yield f"bridge fdb replace {parts['fdb']} dev {name} master static"


def addresses(parts: Parts) -> Iterator[str]:
    """Yield a line per address of the space-separated parts ``ipv4`` and ``ipv6``."""
    for one in parts.get("ipv4", "").split():
        yield f"ip address replace {one} dev {parts['name']}"
    for one in parts.get("ipv6", "").split():
        yield f"ip -6 address replace {one} dev {parts['name']} nodad"
