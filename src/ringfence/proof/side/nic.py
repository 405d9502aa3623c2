# SPDX-License-Identifier: Apache-2.0
"""Interfaces of a machine: on a zone's bridge, past the fabric, or on anything else; and where several of them lead."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import combinations

from ringfence.base.addresses import own_name
from ringfence.compile.document import Document, Kind
from ringfence.proof.flow import Place

from . import kind
from .device import Device
from .found import HOST, Found, machine
from .hardware import pci


def bridges(documents: Iterable[Document]) -> Mapping[str, str]:
    """Return the zone of each bridge that the documents make."""
    links = (one for one in documents if one.kind is Kind.LINK and "bridge/name" in one.parts)
    return {one.parts["bridge/name"]: own_name(one.address) for one in links}


def taps_of(documents: Iterable[Document]) -> Mapping[str, Mapping[str, str]]:
    """Return the ports of each workload: MAC by tap."""
    found: dict[str, dict[str, str]] = {}
    for one in documents:
        if one.kind is Kind.PORT:
            found.setdefault(one.address.split("/")[-2], {})[one.parts.get("name", "")] = one.parts.get("fdb", "")
    return found


def nic(device: Device, zones: Mapping[str, str], taps: Mapping[str, Mapping[str, str]], found: Found) -> None:
    """Note what an interface stands on. Only a zone's bridge is no door by itself."""
    match device.get("@type"):
        case "bridge":
            place = device.place("/source@bridge")
            on_bridge(device.workload, device.get("/source@bridge"), zones, place, found)
            if device.get("/source@bridge") in zones:
                _is_port(device, taps, found)
        case "direct":
            card, mode = device.get("/source@dev"), device.get("/source@mode")
            _leg(device.workload, f"nic/{card}", device.place("/source@dev"), found)
            found.door(kind.DIRECT, device.end, f"nic/{card}", f"macvtap {mode}", device.place("/source@dev"))
        case "hostdev":
            pci(device, found)
            address = device.get("/source/address").removeprefix("pci ")
            _leg(device.workload, f"pci/{address}", device.place("/source/address"), found)
        case form:
            words = f"{form} {device.told('/source')}".strip()
            found.door(kind.NETWORK, device.end, HOST, words, device.place("@type"))


def _is_port(device: Device, taps: Mapping[str, Mapping[str, str]], found: Found) -> None:
    """Tell of an interface that would not be the port that stands: others may reach it on the bridge, or it them."""
    bridge, tap, mac = device.get("/source@bridge"), device.get("/target@dev"), device.get("/mac@address")
    end, ports = f"bridge/{bridge}", taps.get(device.workload)
    if device.get("/port@isolated") != "yes":
        found.door(kind.NETWORK, device.end, end, f"{mac} is not isolated", device.place("/port@isolated"))
    if ports is not None and mac not in ports.get(tap, "").split(" "):
        what = f"{mac} on {tap or 'a tap without a name'}, which is no port of its workload"
        found.door(kind.NETWORK, device.end, end, what, device.place("/target@dev"))


def on_bridge(workload: str, bridge: str, zones: Mapping[str, str], place: Place, found: Found) -> None:
    """Note a port on a bridge of the host."""
    zone = zones.get(bridge)
    if zone is None:
        found.door(kind.NETWORK, machine(workload), f"bridge/{bridge}", bridge, place)
    _leg(workload, f"bridge/{bridge}" if zone is None else f"leg/{zone}", place, found)


def _leg(workload: str, end: str, place: Place, found: Found) -> None:
    found.legs.setdefault(workload, {}).setdefault(end, place)


def legs(found: Found) -> None:
    """Tell of machines that stand in several places: they are a path between them."""
    for workload, ends in found.legs.items():
        for one, other in combinations(sorted(ends), 2):
            found.door(kind.LEGS, one, other, machine(workload), ends[other])
