# SPDX-License-Identifier: Apache-2.0
"""What the distribution's network tools know: the states that they keep in /run, and what they were told in /etc.

networkd(8), NetworkManager(8), netplan(5) by what it generates, and interfaces(5) of ifupdown.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from ringfence.facts.network import Declared
from ringfence.facts.nic import Manager

_GENERATED = re.compile(r"(?:^|/)10-netplan-(.+)\.(network|netdev)$")
_PROFILE = re.compile(r"(?:^|/)netplan-(.+)\.nmconnection$")
_SECTIONS = {"bond": "bonds", "bridge": "bridges", "vlan": "vlans", "wifi": "wifis", "dummy": "dummy-devices"}
_OURS = "ringfence-"
"""With which the names of our own files begin (compile/hostnet)."""
_IFACE = 4  # iface NAME FAMILY METHOD


def networkd_manages(state: str) -> bool:
    """Tell whether networkd has an interface in its hands, by its file /run/systemd/netif/links/INDEX."""
    return _values(state).get("ADMIN_STATE", "unmanaged") != "unmanaged"


def networkmanager_manages(state: str) -> bool:
    """Tell whether NetworkManager has an interface in its hands, by its file /run/NetworkManager/devices/INDEX."""
    return _values(state).get("managed") == "true"


def ifupdown_brought_up(state: str) -> frozenset[str]:
    """Return the interfaces in /run/network/ifstate, whose lines read ``eno2=eno2``."""
    return frozenset(_values(state))


def managers(
    numbers: Mapping[str, int], networkd: Mapping[int, str], networkmanager: Mapping[int, str], ifstate: str
) -> dict[str, Manager]:
    """Return who has which interface in his hands; states are by index, as the kernel numbers interfaces."""
    found: dict[str, Manager] = dict.fromkeys(ifupdown_brought_up(ifstate), "ifupdown")
    for name, number in numbers.items():
        if networkmanager_manages(networkmanager.get(number, "")):
            found[name] = "networkmanager"
        elif networkd_manages(networkd.get(number, "")):
            found[name] = "networkd"
    return found


def ifupdown_sources(text: str) -> Iterator[str]:
    """Yield the patterns of files that an interfaces file takes in; a relative one begins where the file lies."""
    for words in _lines(text):
        if words[0] == "source":
            yield from words[1:]
        elif words[0] == "source-directory":
            yield from (f"{folder.rstrip('/')}/*" for folder in words[1:])


def declared_by_ifupdown(files: Mapping[str, str]) -> Iterator[Declared]:
    """Yield what the interfaces files say, by path; Ringfence's own are left out."""
    for path, text in sorted(files.items()):
        if path.rsplit("/", 1)[-1].startswith(_OURS):
            continue
        for words in _lines(text):
            if words[0] == "iface" and len(words) >= _IFACE:
                yield Declared("ifupdown", (words[1],), words[3], path)


def declared_by_netplan(files: Mapping[str, str]) -> Iterator[Declared]:
    """Yield what netplan's definitions became: files that it generated below /run, by path."""
    sections = dict(_made_devices(files))
    for path, text in sorted(files.items()):
        generated, profile = _GENERATED.search(path), _PROFILE.search(path)
        values = _values(text)
        if generated and generated[2] == "network":
            named = [*values.get("Name", "").split(), *values.get("PermanentMACAddress", "").lower().split()]
            named += values.get("MACAddress", "").lower().split()
            name, section = generated[1], sections.get(generated[1], "ethernets")
        elif profile:
            named = [values.get("interface-name", ""), values.get("mac-address", "").lower()]
            name, section = profile[1], _SECTIONS.get(values.get("type", ""), "ethernets")
        else:
            continue
        yield Declared("netplan", tuple(one for one in named if one), section, path, name)


def _made_devices(files: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    for path, text in files.items():
        generated = _GENERATED.search(path)
        if generated and generated[2] == "netdev":
            yield generated[1], _SECTIONS.get(_values(text).get("Kind", ""), "tunnels")


def _values(text: str) -> dict[str, str]:
    """Return ``KEY=VALUE`` lines; sections do not matter in the files that are read so."""
    pairs = (line.partition("=") for line in text.splitlines() if "=" in line and not line.startswith(("#", ";")))
    return {key.strip(): value.strip() for key, _, value in pairs}


def _lines(text: str) -> Iterator[list[str]]:
    """Yield the words of each line; a backslash at its end goes on with the next."""
    for line in text.replace("\\\n", " ").splitlines():
        words = line.split()
        if words and not words[0].startswith("#"):
            yield words
