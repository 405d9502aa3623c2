# SPDX-License-Identifier: Apache-2.0
"""A simulated plant: a switch, devices on it, and a cable to this host.

    lan = Lan("hospital-plant")
    lan.make()
    scanner = lan.join("ct-scanner", "192.168.40.50/24", gateway="192.168.40.1")
    lan.cable("hosp-nic")       # the card that the site file's uplink names
    scanner.run("ping", "-c1", "192.168.40.1")
    Lan("hospital-plant").remove()

The switch is a bridge in a namespace of its own, and so is every device. Of all this the host sees one card without an
address. Names begin with the plant's; ``remove`` finds everything by them, also when another process made it.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from functools import cached_property
from ipaddress import ip_interface
from pathlib import Path

from examples.outside.space import SPACES, PlantError, Space, tool

LONGEST = 15
"""Characters of a link's name: IFNAMSIZ without its zero (linux/if.h)."""
CARD = "eth0"
"""What a device calls its card."""


def mac_of(name: str) -> str:
    """Return a locally administered address that is always the same for a name."""
    digest = hashlib.sha256(name.encode()).digest()
    return ":".join(f"{byte:02x}" for byte in (0x02, *digest[:5]))


@dataclass(frozen=True)
class Device(Space):
    """Something with one card on the plant's network."""

    label: str
    switch: Space

    @property
    def port(self) -> str:
        """The switch's port that it hangs on."""
        return self.label[:LONGEST]

    @property
    def mac(self) -> str:
        """The hardware address of its card."""
        found: str = json.loads(self.run("ip", "-j", "link", "show", CARD))[0]["address"]
        return found

    def neighbours(self) -> dict[str, str]:
        """Return whom it knows on its network: hardware address by IP address. How sure it is of them may change."""
        listed = json.loads(self.run("ip", "-j", "neigh", "show") or "[]")
        return {one["dst"]: one["lladdr"] for one in listed if "lladdr" in one}

    def unplug(self) -> None:
        """Pull its cable."""
        tool("ip", "-n", self.switch.name, "link", "set", self.port, "down")

    def plug_in(self) -> None:
        """Put its cable back."""
        tool("ip", "-n", self.switch.name, "link", "set", self.port, "up")


@dataclass(frozen=True)
class Lan:
    """One switch with what hangs on it."""

    name: str

    @cached_property
    def switch(self) -> Space:
        """The namespace that has the bridge ``lan`` and one port for each device and cable."""
        return Space(self.name)

    def exists(self) -> bool:
        """Tell whether it was made."""
        return self.switch.exists()

    def make(self) -> None:
        """Make the switch. It forwards at once, and speaks to nobody itself."""
        self.switch.make()
        # Frames to 01-80-C2-00-00-0x pass a plant's switch or not as its vendor likes; here they do not.
        self.switch.run("ip", "link", "add", "lan", "type", "bridge", "stp_state", "0", "mcast_snooping", "0")
        self.switch.run("ip", "link", "set", "lan", "up")

    def join(self, label: str, *addresses: str, gateway: str | None = None, mac: str | None = None) -> Device:
        """Add a device with its addresses (with their lengths) and the next hop of its default route."""
        device = self.device(label)
        device.make()
        self._wire(device.port, "address", mac or mac_of(device.name), name=CARD, netns=device.name)
        for address in addresses:
            extra = ("nodad",) if ip_interface(address).version == 6 else ()  # noqa: PLR2004 - version 6 of IP
            device.run("ip", "address", "add", address, "dev", CARD, *extra)
        device.run("ip", "link", "set", CARD, "up")
        if gateway:
            device.run("ip", "route", "add", "default", "via", gateway)
        return device

    def behind(self, router: Device, label: str, near: str, far: str) -> Device:
        """Add a device in another network, on a card of its own of ``router``; both addresses with their lengths.

        From then on the router forwards.
        """
        device = self.device(label)
        device.make()
        peer = ("name", CARD, "netns", device.name, "address", mac_of(device.name))
        tool("ip", "link", "add", device.port, "netns", router.name, "type", "veth", "peer", *peer)
        router.run("ip", "address", "add", near, "dev", device.port)
        router.run("ip", "link", "set", device.port, "up")
        router.run("sh", "-c", "echo 1 >/proc/sys/net/ipv4/ip_forward")
        device.run("ip", "address", "add", far, "dev", CARD)
        device.run("ip", "link", "set", CARD, "up")
        device.run("ip", "route", "add", "default", "via", str(ip_interface(near).ip))
        return device

    def device(self, label: str) -> Device:
        """Return a device by its label, made or not."""
        return Device(f"{self.name}-{label}", label, self.switch)

    def cable(self, card: str, port: str = "host") -> None:
        """Lay a cable to the host: a card without an address, as an uplink names it.

        It is down, like any card that nobody set up. One that is up would answer for the host's other addresses.
        """
        self._wire(port, "address", mac_of(f"{self.name}-{card}"), name=card)
        tool("ip", "link", "set", card, "addrgenmode", "none")

    def pull(self, port: str = "host") -> None:
        """Take the cable to the host away, with its card, as when the host loses power."""
        self.switch.run("ip", "link", "del", port)

    def cut(self, port: str = "host") -> None:
        """Cut the cable to the host."""
        self.switch.run("ip", "link", "set", port, "down")

    def mend(self, port: str = "host") -> None:
        """Mend that cable."""
        self.switch.run("ip", "link", "set", port, "up")

    def remove(self) -> None:
        """Take everything away, the host's card with it, wherever that is now."""
        for port in self._ports() if self.exists() else []:
            self.switch.run(
                "ip", "link", "del", port
            )  # at once, where a namespace's end takes its links some time later
        for path in sorted(SPACES.glob(f"{self.name}-*")):
            Space(path.name).remove()
        self.switch.remove()

    def _ports(self) -> list[str]:
        return [one["ifname"] for one in json.loads(self.switch.run("ip", "-j", "link", "show", "master", "lan"))]

    def _wire(self, port: str, *words: str, **peer: str) -> None:
        """Lay a cable from a port of the switch to ``peer``: a link's name, and its namespace unless it is this one."""
        if len(port) > LONGEST or (Path("/sys/class/net", peer["name"]).exists() and "netns" not in peer):
            raise PlantError(f"The link {peer['name']} exists already, or the name of port {port} is too long.")
        far = [word for pair in peer.items() for word in pair]
        tool("ip", "link", "add", port, "netns", self.name, "type", "veth", "peer", *far, *words)
        self.switch.run("ip", "link", "set", port, "master", "lan", "up")
