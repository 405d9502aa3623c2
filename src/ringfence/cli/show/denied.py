# SPDX-License-Identifier: Apache-2.0
"""What each reason means for which packets are dropped."""

from __future__ import annotations

MEANINGS: dict[str, str] = {
    "undeclared": "between workloads, and no conduit names it",
    "to_router": "for the router itself, which answers DHCP and neighbours only",
    "from_router": "from the router itself, and no probe",
    "errors": "ICMP errors, too many or of an unknown kind",
    "invalid": "belongs to no connection that the router knows",
    "rate": "more in a second than a conduit carries (its 'rate:' in the site file)",
    "wrong_leg": "for an address that does not live where it would go",
    "spoofed_mac": "a guest used another MAC address than its own",
    "spoofed_ip": "a guest used another IP address than its own",
    "spoofed_arp": "a guest claimed another address by ARP",
    "spoofed_nd": "a guest claimed another address by neighbour discovery",
    "spoofed_error": "a guest sent an ICMP error about a packet that was not for it",
    "rogue_server": "a guest acted as a DHCP server or a router",
    "flood": "a guest asked the router for addresses or neighbours too often",
    "other_protocol": "neither IP nor ARP, and no layer-2 conduit names it",
    "from_wire": "from the wire of a layer-2 uplink, and no layer-2 conduit names it",
    "strange_port": "from or to a port that is none of ours",
    "between_ports": "straight from one guest to another, or to a wire, without a layer-2 conduit",
    "heard": "somebody in the plant asked for an address that no conduit names to him",
    "said": "the router would have asked the plant for somebody that no conduit names",
    "to_host": "for the host, which has no address in any zone",
    "from_host": "from the host into a zone",
    "own_address": "harmless: an answer to a guest about its own address",
    "flooded": "harmless: broadcasts that reached the host's side of a bridge",
    "groups": "harmless: guests that join multicast groups",
    "given_back": "harmless: guests that gave their address back, which stays theirs",
    "noise": "harmless: what the router's kernel announces by itself",
}


_OF_CONDUIT = "rate/"


def meaning(reason: str) -> str:
    """Return what a reason means; nothing for one that is not known here."""
    if reason.startswith(_OF_CONDUIT):
        return f"of these, over the limit of conduit {reason.removeprefix(_OF_CONDUIT)}"
    return MEANINGS.get(reason, "")
