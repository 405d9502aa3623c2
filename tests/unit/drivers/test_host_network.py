# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import os
from pathlib import Path

import pytest

from ringfence.drivers.host.network import Printed, understood
from ringfence.drivers.host.service import services, unread
from ringfence.drivers.host.sysfs import Sysfs
from ringfence.facts.network import HostNetwork

BOOTED, BEGAN = 1_000_000, 50
"""Seconds since 1970, and seconds since boot."""


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A host on which networkd began at BOOTED + BEGAN, and a container's networkd an hour later."""
    put(tmp_path, "proc/stat", f"cpu 1 2 3\nbtime {BOOTED}\n")
    for number, namespace, seconds in (("1", "net:[1]", 1), ("70", "net:[1]", BEGAN), ("71", "net:[2]", 3600)):
        comm = "systemd" if number == "1" else "systemd-network"
        ticks = seconds * os.sysconf("SC_CLK_TCK")
        put(tmp_path, f"proc/{number}/comm", f"{comm}\n")
        put(tmp_path, f"proc/{number}/stat", f"{number} ({comm} (x)) S {'0 ' * 18}{ticks} 0 0\n")
        link = tmp_path / f"proc/{number}/ns/net"
        link.parent.mkdir()
        link.symlink_to(namespace)
    (tmp_path / "proc/self").symlink_to("1")
    return tmp_path


def put(root: Path, path: str, text: str, at: float = BOOTED) -> None:
    file = root / path
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text)
    os.utime(file, (at, at))


def tools(root: Path) -> HostNetwork:
    return understood(Sysfs(root), Printed("[]", (), {})).tools


def test_a_tool_of_this_namespace_is_found_with_its_beginning(root: Path) -> None:
    (found,) = services(Sysfs(root))
    assert (found.name, found.since) == ("networkd", BOOTED + BEGAN)


def test_files_that_changed_since_then_may_be_unread(root: Path) -> None:
    later = BOOTED + BEGAN + 1
    put(root, "etc/systemd/network/10-lan.network", "[Match]\n")
    assert unread(Sysfs(root)) == ()
    put(root, "etc/systemd/network/10-lan.network", "[Match]\n", later)
    put(root, "run/systemd/network/10-netplan-eno1.network.d/x.conf", "[Match]\n", later)
    put(root, "etc/systemd/network/05-ringfence-works.network", "[Match]\n", later)
    put(root, "etc/NetworkManager/conf.d/x.conf", "[keyfile]\n", later)  # NetworkManager does not run
    assert unread(Sysfs(root)) == (
        "/etc/systemd/network/10-lan.network",
        "/run/systemd/network/10-netplan-eno1.network.d/x.conf",
    )
    assert tools(root).unread == unread(Sysfs(root))


def test_a_host_without_any_tool_has_none(tmp_path: Path) -> None:
    assert tools(tmp_path) == HostNetwork()


@pytest.mark.parametrize(
    ("sign", "tool"),
    [
        ("run/udev/control", "udev"),
        ("etc/systemd/system/multi-user.target.wants/systemd-networkd.service", "networkd"),
        ("run/NetworkManager/NetworkManager.pid", "networkmanager"),
        ("usr/sbin/netplan", "netplan"),
        ("sbin/ifup", "ifupdown"),
    ],
)
def test_each_tool_has_its_sign(tmp_path: Path, sign: str, tool: str) -> None:
    put(tmp_path, sign, "")
    assert tools(tmp_path).tools == {tool}


def test_interfaces_files_take_in_others_once_and_beside_themselves(tmp_path: Path) -> None:
    put(tmp_path, "etc/network/interfaces", "source interfaces.d/*\nsource-directory /etc/network/more\n")
    put(tmp_path, "etc/network/interfaces.d/a", "iface eno2 inet dhcp\nsource /etc/network/interfaces\n")
    put(tmp_path, "etc/network/interfaces.d/.hidden", "iface eno3 inet dhcp\n")
    put(tmp_path, "etc/network/interfaces.d/ringfence-works_plant", "iface eno4 inet manual\n")
    put(tmp_path, "etc/network/more/b", "# iface eno5 inet dhcp\niface eno6 inet6 auto\n")
    assert [(one.matches, one.method) for one in tools(tmp_path).declared] == [(("eno2",), "dhcp"), (("eno6",), "auto")]


def test_netplan_s_bonds_are_told_from_its_cards(tmp_path: Path) -> None:
    put(tmp_path, "run/systemd/network/10-netplan-bond0.netdev", "[NetDev]\nName=bond0\nKind=bond\n")
    put(tmp_path, "run/systemd/network/10-netplan-bond0.network", "[Match]\nName=bond0\n")
    put(tmp_path, "run/systemd/network/10-netplan-lan.network", "[Match]\nPermanentMACAddress=02:00:00:00:00:0A\n")
    found = {one.name: (one.method, one.matches) for one in tools(tmp_path).declared}
    assert found == {"bond0": ("bonds", ("bond0",)), "lan": ("ethernets", ("02:00:00:00:00:0a",))}
