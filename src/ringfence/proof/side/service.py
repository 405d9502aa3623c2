# SPDX-License-Identifier: Apache-2.0
"""The address service: one dnsmasq serves all zones, so what it may answer, and to whom, is told line by line.

(https://thekelleys.org.uk/dnsmasq/docs/dnsmasq-man.html)
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from typing import Final

from ringfence.base.addresses import own_name
from ringfence.compile.document import Document, Kind
from ringfence.proof.flow import Place

from . import kind
from .found import HOST, ROUTER, Found, machine

NO_NAMES: Final = "port=0"
ONLY_KNOWN: Final = "dhcp-ignore=tag:!known"
_PLAIN: Final = re.compile(
    r"dhcp-authoritative|bind-dynamic|except-interface=lo|no-hosts|leasefile-ro|no-ping|quiet-(dhcp6?|ra)|no-resolv"
    r"|enable-ra|dhcp-duid=\d+,[0-9a-f:]+|dhcp-hostsfile=/run/ringfence/[a-z0-9./-]+/dhcp-hosts"
    r"|dhcp-option=tag:aside,option:router"
    r"|dhcp-range=set:z_\w+,[0-9a-f.:]+,static,([0-9.]+|off-link,\d+),1h"
    rf"|{NO_NAMES}|{re.escape(ONLY_KNOWN)}"
)
_OPTION: Final = re.compile(r"dhcp-option=tag:z_\w+,(?P<option>.+)")
_TIME: Final = ("option:ntp-server", "option6:ntp-server")
_OPENS: Final = re.compile(
    r"(port|server|rev-server|address|local|interface-name|host-record|cname|domain|addn-hosts|hostsdir|resolv-file"
    r"|dhcp-(range|option|option-force|boot|relay|script|luascript|proxy|match|mac|broadcast|host|userclass"
    r"|vendorclass|optsfile|optsdir|hostsdir|ignore|leasefile)|enable-tftp|tftp-.*|pxe-.*|ra-param|enable-dbus|enable-ubus"
    r"|conf-(file|dir|script)|user|group|log-.*|synth-domain|auth-.*)(=.*)?"
)
_NOT_READ: Final = "Nobody here knows what this line makes the address service do."


def services(documents: Collection[Document], found: Found) -> None:
    """Tell what the address service gives to whom."""
    zones = {
        one.parts["router/name"]: own_name(one.address)
        for one in documents
        if one.kind is Kind.LINK and "router/name" in one.parts
    }
    for document in documents:
        if document.kind is Kind.DHCP:
            _service(document, zones, found)


def _service(document: Document, zones: Mapping[str, str], found: Found) -> None:
    parts = document.parts
    lines = set(parts.values())
    if NO_NAMES not in lines:
        found.door(kind.DNS, ROUTER, HOST, "it answers questions for names", Place(document.address, "conf/dns"))
    if ONLY_KNOWN not in lines:
        found.door(kind.DHCP, ROUTER, HOST, "it answers strangers", Place(document.address, "conf/known"))
    if not any(line.startswith("interface=") for line in lines):
        found.door(kind.DHCP, ROUTER, HOST, "it answers on every interface", Place(document.address, "conf"))
    for key, value in parts.items():
        place = Place(document.address, key)
        section, _, rest = key.partition("/")
        if section == "host":
            _lease(rest, value, place, found)
        elif section in {"conf", "foreign"}:
            _line(rest, value, zones, place, found)
    _process(document, found)


def _process(document: Document, found: Found) -> None:
    """Doubt what is written where it is not what runs."""
    for key, right in (("loaded", "yes"), ("process", "running")):
        value = document.parts.get(key, "not known")
        if value != right:
            why = "The address service runs with another configuration than the one that stands here."
            found.unknown(Place(document.address, key), value, why)


def _lease(whose: str, value: str, place: Place, found: Found) -> None:
    """Tell of one lease: ``eth0 52:54:00:00:00:01 10.0.0.1 fd00::1 scada``, without the tag that it sets."""
    workload, _, interface = whose.partition("/")
    words = [word.strip("[]") for word in value.split(",") if not word.startswith("set:")]
    found.door(kind.DHCP, ROUTER, machine(workload), " ".join([interface, *words]), place)


def _line(key: str, line: str, zones: Mapping[str, str], place: Place, found: Found) -> None:
    """Tell of a line of the configuration."""
    name, _, value = line.partition("=")
    option = _OPTION.fullmatch(line)
    if _PLAIN.fullmatch(line):
        return
    if name == "interface":
        zone = zones.get(value)
        found.door(kind.DHCP, ROUTER, f"leg/{zone}" if zone else f"link/{value}", "leases", place)
    elif option is not None:
        of = kind.TIME if option["option"].startswith(_TIME) else kind.DHCP
        found.door(of, ROUTER, f"leg/{key.partition('/')[0]}", option["option"], place)
    elif _OPENS.fullmatch(line):
        found.door(kind.DNS if name == "port" else kind.DHCP, ROUTER, HOST, line, place)
    else:
        found.unknown(place, line, _NOT_READ)
