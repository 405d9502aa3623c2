# SPDX-License-Identifier: Apache-2.0
"""Looks at the host's network: its interfaces, the legs that routers of Ringfence hold, and the network tools."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import PurePosixPath

from ringfence.facts.network import Declared, HostNetwork, Tool
from ringfence.facts.nic import Manager, Nic
from ringfence.observe.network_tools import (
    declared_by_ifupdown,
    declared_by_netplan,
    ifupdown_sources,
    managers,
)
from ringfence.observe.nics import default_routes, link_numbers, parse_legs, parse_nics

from .command import printed
from .service import unread
from .sysfs import Sysfs

DEADLINE_S = 5.0
_WANTED = "etc/systemd/system/multi-user.target.wants"
_TOOLS: tuple[tuple[Tool, tuple[str, ...]], ...] = (
    ("udev", ("run/udev/control",)),
    ("networkd", ("run/systemd/netif/state", f"{_WANTED}/systemd-networkd.service")),
    ("networkmanager", ("run/NetworkManager", f"{_WANTED}/NetworkManager.service")),
    ("netplan", ("usr/sbin/netplan",)),
    ("ifupdown", ("sbin/ifup", "usr/sbin/ifup")),
)
"""Any of these is there where a tool is at work, or will be after the next boot."""
_NETPLAN = ("run/systemd/network/10-netplan-*", "run/NetworkManager/system-connections/netplan-*.nmconnection")
_INTERFACES = "etc/network/interfaces"
_ADDRESSES = ("ip", "-j", "-d", "address", "show")
_ROUTES = tuple(("ip", version, "-j", "route", "show", "default", "table", "all") for version in ("-4", "-6"))


@dataclass(frozen=True, slots=True)
class Seen:
    """Interfaces, the held ones last, and what was seen of the tools."""

    nics: tuple[Nic, ...]
    tools: HostNetwork


@dataclass(frozen=True, slots=True)
class Printed:
    """What ``ip`` prints: the host's interfaces, default routes, and the interfaces in each router's namespace.

    None in place of a namespace that could not be looked into.
    """

    links: str
    routes: tuple[str, ...]
    routers: Mapping[str, str | None]


def see_network(sysfs: Sysfs) -> Seen:
    """Look at the host's network now."""
    return understood(sysfs, _ask(_routers(sysfs)))


def understood(sysfs: Sysfs, told: Printed) -> Seen:
    """Return what was printed, and what the files of the network tools say, as facts."""
    numbers = link_numbers(told.links)
    links = {name: sysfs.link(name) for name in numbers}
    defaults = {name for text in told.routes for name in default_routes(text)}
    nics = parse_nics(told.links, links, defaults, _managers(sysfs, numbers))
    held = (leg for text in told.routers.values() if text for leg in parse_legs(text))
    hidden = frozenset(name for name, text in told.routers.items() if text is None)
    return Seen((*nics, *held), HostNetwork(_tools(sysfs), tuple(_declared(sysfs)), unread(sysfs), hidden))


def _ask(routers: Iterable[str]) -> Printed:
    with ThreadPoolExecutor(max_workers=4) as workers:
        links = workers.submit(printed, _ADDRESSES, DEADLINE_S)
        routes = [workers.submit(printed, command, DEADLINE_S) for command in _ROUTES]
        inside = {name: workers.submit(printed, _inside(name), DEADLINE_S) for name in routers}
    return Printed(
        links.result() or "[]",
        tuple(found.result() or "[]" for found in routes),
        {name: found.result() for name, found in inside.items()},
    )


def _routers(sysfs: Sysfs) -> tuple[str, ...]:
    """Return the namespaces of live routers: those of copies, and stubs, have a dot in their names."""
    try:
        names = sorted(path.name for path in (sysfs.root / "run/netns").iterdir())
    except OSError:
        return ()
    return tuple(name for name in names if name.startswith("rf-") and "." not in name and "@" not in name)


def _inside(namespace: str) -> tuple[str, ...]:
    program, *words = _ADDRESSES
    return (program, "-n", namespace, *words)


def _managers(sysfs: Sysfs, numbers: Mapping[str, int]) -> Mapping[str, Manager]:
    states = [
        {number: sysfs.text(f"{folder}/{number}") for number in numbers.values()}
        for folder in ("run/systemd/netif/links", "run/NetworkManager/devices")
    ]
    return managers(numbers, states[0], states[1], sysfs.text("run/network/ifstate"))


def _tools(sysfs: Sysfs) -> frozenset[Tool]:
    return frozenset(tool for tool, signs in _TOOLS if sysfs.there(*signs))


def _declared(sysfs: Sysfs) -> Iterator[Declared]:
    generated = {path: text for pattern in _NETPLAN for path, text in sysfs.files(pattern).items()}
    yield from declared_by_netplan(generated)
    yield from declared_by_ifupdown(_interfaces(sysfs))


def _interfaces(sysfs: Sysfs) -> dict[str, str]:
    """Return the interfaces file and all that it takes in, by path."""
    found: dict[str, str] = {}
    left = [f"/{_INTERFACES}"]
    while left:
        for path, text in sysfs.files(left.pop()).items():
            if path not in found:
                found[path] = text
                left += [str(PurePosixPath(path).parent / pattern) for pattern in ifupdown_sources(text)]
    return found
