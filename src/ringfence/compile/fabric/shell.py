# SPDX-License-Identifier: Apache-2.0
"""Lines of sh that bring links to their parts. They may be run again, and at boot without Ringfence (decision 7)."""

from __future__ import annotations

import shlex
from collections.abc import Iterable, Iterator, Mapping
from ipaddress import ip_interface

from ringfence.compile.part.port import PORT_FLAGS
from ringfence.compile.part.setting import sysctl_path

Parts = Mapping[str, str]

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


def port_flags(parts: Parts) -> Iterator[str]:
    """Yield the line that sets a bridge port's flags, and a line for each MAC that is bound to it."""
    name = parts["name"]
    words = [f"{word} {_SWITCH[parts[key]]}" for key, word in PORT_FLAGS.items() if key in parts]
    if words:
        yield f"bridge link set dev {name} {' '.join(words)}"
    for mac in parts.get("fdb", "").split():
        yield f"bridge fdb replace {mac} dev {name} master static"


def addresses(parts: Parts) -> Iterator[str]:
    """Yield a line per address of the space-separated parts ``ipv4`` and ``ipv6``.

    A multicast group among them is joined, so that switches that watch IGMP or MLD send it here (ip-address(8)).
    """
    for one in parts.get("ipv4", "").split():
        joins = " scope host autojoin" if ip_interface(one).is_multicast else ""
        yield f"ip address replace {one} dev {parts['name']}{joins}"
    for one in parts.get("ipv6", "").split():
        joins = " autojoin" if ip_interface(one).is_multicast else ""
        yield f"ip -6 address replace {one} dev {parts['name']} nodad{joins}"
