# SPDX-License-Identifier: Apache-2.0
"""Frames without IP in the guard: everything is dropped that no layer-2 conduit names, and nothing else is asked.

A frame is looked up twice: where it comes in (port, EtherType behind the tag, both MACs), which keeps it from the
router and the host too, and where it is about to leave (from which port to which). GOOSE is sent with a tag of VLAN 0
that carries a priority alone (IEC 61850-8-1 annex C), so ``meta protocol`` is asked, which looks behind one tag of
802.1Q; a frame with two has a tag as its protocol, which no conduit can name.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from ringfence.compile.nft.table import Chain, Lookup, Rule
from ringfence.compile.part.frame import FRAMES, FRAMES_KEY, SAYS, SAYS_KEY, frame_set
from ringfence.site.site import Site

_SAID = "iifname . meta protocol . ether saddr . ether daddr"
_PASSED = "iifname . oifname . meta protocol . ether saddr . ether daddr"


def vlans_of(site: Site) -> tuple[int, ...]:
    """Return the VLANs that conduits of a site name, in order."""
    named = (conduit.layer2.vlan for conduit in site.conduits.values() if conduit.layer2)
    return tuple(sorted({vlan for vlan in named if vlan}))


def frame_lookups(vlans: Iterable[int]) -> Iterator[Lookup]:
    """Yield the sets that layer-2 conduits own elements of."""
    for vlan in (0, *vlans):
        yield Lookup(frame_set(SAYS, vlan), SAYS_KEY)
        yield Lookup(frame_set(FRAMES, vlan), FRAMES_KEY)


def frame_chains(vlans: tuple[int, ...]) -> Iterator[Chain]:
    """Yield the chains that what is no IP ends in: ``says`` at the way in, ``between`` at the way from port to port."""
    yield from _asking("says", SAYS, _SAID, vlans, "goto unheard")
    yield from _asking("between", FRAMES, _PASSED, vlans, "goto deny_between_ports")
    # A bay's wire is full of what is none of ours: it must not use up what may be told of guests.
    wire, other = Rule("wire", "iifname @wires goto deny_from_wire"), Rule("other", "goto deny_other_protocol")
    yield Chain("unheard", (wire, other))


def _asking(name: str, lookup: str, key: str, vlans: tuple[int, ...], deny: str) -> Iterator[Chain]:
    rest = Rule("rest", deny)
    yield Chain(
        name,
        (
            Rule("provider", f"ether type 8021ad {deny}"),
            *(Rule(f"vlan-{vlan}", f"vlan id {vlan} goto {name}_{vlan}") for vlan in vlans),
            Rule("tagged", f"vlan id != 0 {deny}"),
            Rule("plain", f"{key} @{lookup} accept"),
            rest,
        ),
    )
    for vlan in vlans:
        yield Chain(f"{name}_{vlan}", (Rule("tagged", f"{key} @{frame_set(lookup, vlan)} accept"), rest))
