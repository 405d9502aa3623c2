# SPDX-License-Identifier: Apache-2.0
"""Settings of the kernel and of ports that no packet shows by itself: each has one value that keeps a way shut.

Sources: kernel documents networking/ip-sysctl.rst and networking/bridge.rst; bridge(8).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from ringfence.compile.document import Document, Kind
from ringfence.proof.flow import Door, Place

from .translator import is_translated

_REDIRECTS: Final = "redirects"
_ROUTE: Final = "a packet's sender chooses its way"
_LEARNS: Final = "a port draws another one's frames to itself"


@dataclass(frozen=True, slots=True)
class Setting:
    """What a setting has to be, the kind of door that any other value opens, and what comes in by it."""

    value: str
    kind: str
    why: str


_ROUTING: Final[Mapping[str, Setting]] = {
    "rp_filter": Setting("1", "spoofing", "packets with somebody else's source come in"),
    "send_redirects": Setting("0", _REDIRECTS, "guests are told of ways around the router"),
    "accept_redirects": Setting("0", _REDIRECTS, "a packet changes the router's routes"),
    "accept_source_route": Setting("0", "source-route", _ROUTE),
    "arp_ignore": Setting("1", "answers", "a leg answers for addresses of other legs"),
}
_IPV6: Final[Mapping[str, Setting]] = {
    "accept_ra": Setting("0", "advertisements", "a guest's advertisement changes the router's routes"),
    "accept_redirects": Setting("0", _REDIRECTS, "a packet changes the router's routes"),
}
_NAMESPACE: Final[Mapping[str, Setting]] = {
    **{f"net.ipv4.conf.{one}.{key}": setting for one in ("all", "default") for key, setting in _ROUTING.items()},
    **{f"net.ipv6.conf.{one}.{key}": setting for one in ("all", "default") for key, setting in _IPV6.items()},
    "net.ipv4.ip_forward": Setting("1", "stopped", "nothing is routed"),
    "net.ipv6.conf.all.forwarding": Setting("1", "stopped", "no IPv6 is routed"),
    "net.ipv4.icmp_echo_ignore_broadcasts": Setting("1", "amplifier", "the router answers pings to everybody"),
    "lo": Setting("up", "stopped", "the router's own services do not reach themselves"),
}
_ROUTER: Final[Mapping[str, Setting]] = {
    **{f"inet.conf.{key}": setting for key, setting in _ROUTING.items()},
    **{f"inet6.conf.{key}": setting for key, setting in _IPV6.items()},
    "inet.conf.forwarding": Setting("1", "stopped", "nothing is routed from here"),
    "inet.neigh.proxy_delay": Setting("0", "stopped", "answers for peers come late"),
    "inet6.conf.addr_gen_mode": Setting("1", "addresses", "the kernel makes addresses that nobody declared"),
}
_HOST: Final[Mapping[str, Setting]] = {
    "inet6.conf.disable_ipv6": Setting("1", "host", "the host speaks IPv6 in a zone"),
    "inet.conf.forwarding": Setting("0", "host", "the host routes for a zone"),
}
_FLAGS: Final[Mapping[str, Setting]] = {
    "learning": Setting("0", "learning", _LEARNS),
    "flood": Setting("0", "flooding", "frames for unknown addresses go to everybody"),
    "mcast_flood": Setting("1", "stopped", "groups are not heard"),
    "bcast_flood": Setting("1", "stopped", "broadcasts are not heard"),
}
_GUEST: Final = {**_FLAGS, "bpdu_guard": Setting("1", "spanning-tree", "a guest takes part in the spanning tree")}
_UPLINK: Final[Mapping[str, Setting]] = {
    **_ROUTER,
    "inet.conf.proxy_arp": Setting("0", "answers", "the router answers for other people's devices"),
    "inet.conf.proxy_arp_pvlan": Setting("0", "answers", "the router answers for other people's devices"),
    "inet.conf.arp_announce": Setting("2", "answers", "the router asks with addresses of other networks"),
}


def _under(prefix: str, *tables: Mapping[str, Setting]) -> dict[str, Setting]:
    return {f"{prefix}{key}": setting for table in tables for key, setting in table.items()}


_LINK: Final[Mapping[str, Setting]] = {
    **_under("bridge/", _HOST),
    "bridge/inet.conf.rp_filter": Setting("1", "host", "the host takes packets in from a zone"),
    "bridge/inet.conf.arp_ignore": Setting("8", "host", "the host answers for its addresses in a zone"),
    "bridge/stp_state": Setting("0", "spanning-tree", "the bridge takes part in the spanning tree"),
    "bridge/mcast_snooping": Setting("0", "stopped", "groups depend on a querier"),
    **_under("leg/", _HOST, _FLAGS),
    "leg/isolated": Setting("0", "stopped", "guests do not reach the router"),
    "leg/bpdu_guard": Setting("0", "stopped", "a frame of the spanning tree shuts the router's leg"),
    **_under("router/", _ROUTER),
    "router/inet.conf.proxy_arp_pvlan": Setting("1", "stopped", "peers of one zone do not find each other"),
}
_PORT: Final[Mapping[str, Setting]] = {
    **_GUEST,
    "inet6.conf.disable_ipv6": Setting("1", "host", "the host speaks IPv6 in a zone"),
}
_TRANSLATED: Final[Mapping[str, Setting]] = {
    **_ROUTER,
    **_under("inner/", _ROUTER),
    **_under("wire/", _UPLINK),
    **_under("space/", _NAMESPACE),
    "wire/inet6.conf.disable_ipv6": Setting("1", "addresses", "the translator speaks IPv6 to the plant"),
    "inner/up": Setting("yes", "stopped", "nothing is translated"),
    "wire/up": Setting("yes", "stopped", "nothing is translated"),
}


def table_of(document: Document) -> Mapping[str, Setting]:
    """Return what the settings of a document have to be."""
    parts = document.parts
    if document.kind is Kind.UPLINK:
        if "master" in parts:
            return _PORT
        return _TRANSLATED if is_translated(document) else _UPLINK
    return {Kind.NAMESPACE: _NAMESPACE, Kind.LINK: _LINK, Kind.PORT: _PORT}.get(document.kind, {})


def settings(document: Document) -> Iterator[Door]:
    """Yield a door for each setting that is not what keeps its way shut, and for each that is not known."""
    for key, setting in table_of(document).items():
        value = document.parts.get(key)
        if value != setting.value and not _without_router(document, key):
            said = "not known" if value is None else value
            what = f"{key} is {said}: {setting.why}"
            yield Door(setting.kind, _name(document), "fabric", what, Place(document.address, key))


def _without_router(document: Document, key: str) -> bool:
    """Tell whether a zone has no leg into the router: one that carries frames only."""
    side = key.partition("/")[0]
    return document.kind is Kind.LINK and side in {"router", "leg"} and f"{side}/name" not in document.parts


def foreign(document: Document) -> Iterator[Door]:
    """Yield what lies in the fabric and that nobody compiled."""
    for key, value in document.parts.items():
        words = key.split("/")
        if "foreign" in words[:2] or "strange" in words[:2] or key == "bridge/obstacle":
            yield Door("foreign", _name(document), "fabric", f"{key}: {value}", Place(document.address, key))


def _name(document: Document) -> str:
    return "/".join(document.address.split("/")[3:])
