# SPDX-License-Identifier: Apache-2.0
"""The real tools read our files and leave our interfaces alone; each is shown to take them without."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.integration.hostnet.host import BRIDGE, TAP, Host, standing

NETWORKD = "/lib/systemd/systemd-networkd"
EVERYTHING = "[Match]\nName=eno* rf*\n[Network]\nAddress=10.9.9.9/24\n"
ANYTHING = "[device-all]\nmatch-device=interface-name:*\nmanaged=1\n"
WRITTEN_LATER = "/etc/systemd/network/40-eno3.network"


@pytest.fixture
def host() -> Iterator[Host]:
    with standing() as found:
        yield found


def drive(host: Host, what: str) -> str:
    return host.run(sys.executable, "-m", "tests.integration.hostnet.driving", what)


def need(*programs: str) -> None:
    for program in programs:
        if shutil.which(program, path="/usr/sbin:/usr/bin:/sbin:/bin:/lib/systemd") is None:
            pytest.skip(f"{program} is not on this machine")


def networkd(host: Host) -> None:
    """Start it, and wait until it has set up what is left to it."""
    host.run("sh", "-c", "mkdir -p /run/systemd/netif/links /run/systemd/netif/leases /run/systemd/netif/lldp")
    host.run("chown", "-R", "systemd-network:", "/run/systemd/netif")
    host.run("sh", "-c", f"{NETWORKD} >/run/networkd.log 2>&1 &")
    host.wait(lambda: "10.9.9.9" in host.addresses("eno3"))


def restarted(host: Host) -> None:
    host.run("pkill", "-x", "systemd-network")
    host.wait(lambda: not host.run("sh", "-c", "pgrep -r D,R,S -x systemd-network || :"))
    host.run("ip", "address", "flush", "dev", "eno3", "scope", "global")
    networkd(host)


def taken(host: Host) -> set[str]:
    return {link for link in ("eno2", "eno3", BRIDGE, TAP) if "10.9.9.9" in host.addresses(link)}


def ported(host: Host) -> bool:
    return f"master {BRIDGE}" in host.run("ip", "link", "show", "dev", TAP)


def test_networkd_takes_everything_without_our_files(host: Host) -> None:
    host.write("/etc/systemd/network/50-all.network", EVERYTHING)
    networkd(host)
    host.wait(lambda: taken(host) == {"eno2", "eno3", TAP})
    assert not ported(host)  # it even takes the tap out of its bridge


def test_networkd_leaves_our_interfaces_alone_also_when_it_is_restarted(host: Host) -> None:
    host.write("/etc/systemd/network/50-all.network", EVERYTHING)
    drive(host, "write")
    assert drive(host, "look") == "as compiled\n"
    networkd(host)
    assert taken(host) == {"eno3"}
    restarted(host)
    assert taken(host) == {"eno3"}
    assert ported(host)


def test_networkd_that_runs_is_let_read_what_changed(host: Host) -> None:
    host.write("/etc/systemd/network/50-all.network", EVERYTHING)
    host.run("touch", "-d", "yesterday", "/etc/systemd/network/50-all.network")
    networkd(host)
    host.wait(lambda: taken(host) == {"eno2", "eno3", TAP})
    drive(host, "write")
    host.wait(lambda: taken(host) == {"eno3"})
    drive(host, "remove")
    host.wait(lambda: taken(host) == {"eno2", "eno3", TAP})


def test_networkd_is_not_let_read_what_somebody_else_wrote_meanwhile(host: Host) -> None:
    host.write("/etc/systemd/network/50-all.network", EVERYTHING)
    host.run("touch", "-d", "yesterday", "/etc/systemd/network/50-all.network")
    networkd(host)
    host.wait(lambda: taken(host) == {"eno2", "eno3", TAP})
    host.write(WRITTEN_LATER, "[Match]\nName=eno3\n[Link]\nUnmanaged=yes\n")
    host.run("touch", "-d", "tomorrow", WRITTEN_LATER)
    drive(host, "write")
    assert drive(host, "look") == "as compiled\n"
    assert taken(host) == {"eno2", "eno3", TAP}


def manager(host: Host) -> dict[str, str]:
    """Answer the state of each interface; none while it has only begun."""
    lines = host.run("sh", "-c", "nmcli -t -f DEVICE,STATE device || :").splitlines()
    return dict(line.split(":", 1) for line in lines)


def test_networkmanager_leaves_our_interfaces_alone(host: Host) -> None:
    need("NetworkManager", "nmcli")
    host.write("/etc/NetworkManager/conf.d/10-any.conf", ANYTHING)
    host.run("touch", "-d", "yesterday", "/etc/NetworkManager/conf.d/10-any.conf")
    host.run("NetworkManager")
    host.wait(lambda: "connecting" in manager(host).get("eno2", "") and "connected" in manager(host).get(BRIDGE, ""))
    drive(host, "write")
    host.wait(lambda: {manager(host)[name] for name in ("eno2", BRIDGE, TAP)} == {"unmanaged"})
    assert manager(host)["eno3"] != "unmanaged"
    assert ported(host)
    assert "state UP" in host.run("ip", "link", "show", "dev", BRIDGE)
    drive(host, "remove")
    host.wait(lambda: manager(host)["eno2"] != "unmanaged")


def test_netplan_waits_for_no_uplink_and_gives_it_no_address(host: Host) -> None:
    need("netplan")
    host.write(
        "/etc/netplan/01-lan.yaml", "network: {version: 2, ethernets: {eno2: {dhcp4: true}, eno3: {dhcp4: true}}}\n"
    )
    drive(host, "write")
    host.run("netplan", "generate")
    made = {name: host.run("cat", f"/run/systemd/network/10-netplan-{name}.network") for name in ("eno2", "eno3")}
    assert "DHCP=" not in made["eno2"]
    assert "LinkLocalAddressing=no" in made["eno2"]
    assert "DHCP=ipv4" in made["eno3"]
    waits = host.run("sh", "-c", "cat /run/systemd/system/systemd-networkd-wait-online.service.d/*.conf 2>/dev/null; :")
    assert "eno2" not in waits
    assert "RequiredForOnline=no" in made["eno2"] or "-i eno3" in waits


def test_ifupdown_brings_nothing_up(host: Host) -> None:
    need("ifup", "ifquery")
    host.write("/etc/network/interfaces", "source /etc/network/interfaces.d/*\n")
    drive(host, "write")
    assert "eno2" not in host.run("ifquery", "--list")
    assert "eno2" not in host.run("ifup", "-a", "--no-act", "-v")
    host.run("ifup", "eno2")
    assert "inet" not in host.addresses("eno2")


def test_udev_leaves_names_and_macs_of_our_links_alone(host: Host) -> None:
    need("udevadm")
    drive(host, "write")
    link = Path(f"/sys/class/net/{BRIDGE}")
    shown = host.run("sh", "-c", f"udevadm test-builtin net_setup_link {link} 2>&1")
    assert "/etc/systemd/network/05-ringfence-works.link" in shown
