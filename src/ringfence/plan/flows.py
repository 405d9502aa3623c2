# SPDX-License-Identifier: Apache-2.0
"""Which conversations open and close."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from ipaddress import ip_address

from ringfence.base.ethertype import frames_text
from ringfence.compile.document import Document, Kind
from ringfence.compile.part.element import own_elements
from ringfence.compile.part.frame import is_passage, vlan_of

from .change import Change
from .naming import names
from .plan import FlowChange

_PREFIX = "element/"
_WORDS = 3  # source . target . protocol [. port]
_DORMANT = "dormant"
_IP = frozenset({Kind.CONDUIT, Kind.RELAY})
_VRRP = " . 112"
"""IP protocol 112 (IANA)."""


def flow_changes(changes: Iterable[Change], shown: Mapping[str, str]) -> tuple[FlowChange, ...]:
    """Return the flows of all conduit changes, in order. ``shown`` is the site address by IP address."""
    found = {flow for change in changes if change.kind in _IP for flow in _flows(change, shown)}
    found |= {flow for change in changes if change.kind is Kind.FRAMES for flow in _frames(change, shown)}
    return tuple(sorted(found))


def _flows(change: Change, shown: Mapping[str, str]) -> Iterator[FlowChange]:
    conduit = "/".join(("conduit", *names(change.document)))
    before, after = _spoken(change.before), _spoken(change.after)
    for conversation in before ^ after:
        source, target, *service = conversation.split(" . ")
        ends = shown.get(source, source), shown.get(target, target)
        yield FlowChange(conduit, *ends, " ".join(service), conversation in after)


def _frames(change: Change, shown: Mapping[str, str]) -> Iterator[FlowChange]:
    """Yield flows of a layer-2 conduit: from a MAC to a port, in frames of an EtherType to a group or device.

    Keys are ``element/frames[_VLAN]/"IN" . "OUT" . ETHERTYPE . SENDER . RECEIVER`` (compile/part/frame.py).
    """
    conduit = "/".join(("conduit", *names(change.document)))
    before, after = _passed(change.before), _passed(change.after)
    for lookup, key in before ^ after:
        _, port, kind, sender, receiver = key.split(" . ")
        vlan, target = vlan_of(lookup), port.strip('"')
        service = f"{frames_text(int(kind, 16))} to {receiver}" + (f" in VLAN {vlan}" if vlan else "")
        ends = shown.get(sender, sender), shown.get(target, target)
        yield FlowChange(conduit, *ends, service, (lookup, key) in after)


def _passed(document: Document | None) -> set[tuple[str, str]]:
    elements = own_elements(document.parts) if document else ()
    return {one[:2] for one in elements if is_passage(one.lookup)}


def _spoken(document: Document | None) -> set[str]:
    """Return what passes, as texts like ``SOURCE . TARGET . PROTOCOL . PORTS``."""
    if document is not None and document.kind is Kind.RELAY:
        return set(relayed(document.parts))
    return {one.replace(_VRRP, " . vrrp") for one in _conversations(document)}


def relayed(parts: Mapping[str, str]) -> Iterator[str]:
    """Yield what a relay copies to each of its members.

    Keys are ``element/MAP/SOURCE . GROUP [. PORTS] . LINK`` and ``rule/CHAIN/MEMBER`` (compile/part/relay.py).
    """
    for key, verdict in parts.items():
        if key.startswith(_PREFIX):
            source, group, *ports, _ = key.split("/", 2)[2].split(" . ")
            what = ["udp", *ports] if ports else ["vrrp"]
            how = f"multicast {group}" if ip_address(group).is_multicast else "broadcast"
            members = f"rule/{verdict.removeprefix('goto ')}/"
            for member in (one.removeprefix(members) for one in parts if one.startswith(members)):
                yield " . ".join((source, member, *what, how))


def _conversations(document: Document | None) -> set[str]:
    """Return a conduit's tuples that pass; a dormant one's wait for a grant and pass nothing.

    Keys are ``element/MAP/SOURCE . TARGET . PROTOCOL . PORTS`` (compile/fabric/conduit.py).
    """
    if document is None or document.parts.get("state") == _DORMANT:
        return set()
    keys = (key.removeprefix(_PREFIX).partition("/")[2] for key in document.parts if key.startswith(_PREFIX))
    return {key for key in keys if key.count(" . ") >= _WORDS - 1}
