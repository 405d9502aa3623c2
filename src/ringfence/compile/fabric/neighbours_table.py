# SPDX-License-Identifier: Apache-2.0
"""The table of neighbours: who on the plant's network may ask the router for which IPv4 address (ARP, RFC 826).

The kernel's proxy entries say for whom the router answers; this table says to whom, pair by pair. The router's own
questions carry the address of a workload that may talk with whom it asks for, since it has none of its own on most
networks: everybody who hears it learns nothing but what it would be told anyway.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from ringfence.compile.nft.table import Chain, Lookup, Rule, Table
from ringfence.compile.part.element import MEMBER
from ringfence.compile.scope import Scope
from ringfence.site.site import Site
from ringfence.site.uplink import Uplink
from ringfence.site.zone import Zone

from .denial import denials
from .names import quoted, router_leg, uplink_leg, uplink_word, word
from .reach import Reach

_REASONS = ("heard", "said")


def neighbours_table(site: Site, scope: Scope, uplinks: Mapping[str, tuple[Uplink, Reach]]) -> Table:
    """Return the table for uplinks by name, each with what it has to do.

    Inside a zone whose gateway is the plant's, the router asks as that gateway: it stands for it there.
    """
    legs = {name: quoted(uplink_leg(scope, name)) for name in uplinks}
    foreign = [zone for zone in site.zones.values() if zone.ipv4 and zone.asker4 is None and zone.gateway4]
    inner = {quoted(router_leg(scope, zone.name)): f"goto said_{word(zone.name)}" for zone in foreign}
    elements = {
        "heard_on": {legs[name]: f"goto heard_{uplink_word(name)}" for name in uplinks},
        "said_on": {**inner, **{legs[name]: f"goto said_{uplink_word(name)}" for name in uplinks}},
    }
    for name, (uplink, reach) in uplinks.items():
        elements |= _elements(uplink_word(name), uplink, reach)
    chains = [chain for name in uplinks for chain in _chains(uplink_word(name))] + [_as_gateway(one) for one in foreign]
    lookups = tuple(_lookups(uplinks))
    return Table("arp", scope.table, _REASONS, lookups, (*_hooks(), *chains, *denials(_REASONS)), elements)


def _as_gateway(zone: Zone) -> Chain:
    return Chain(
        f"said_{word(zone.name)}", (Rule("as-gateway", f"arp operation request arp saddr ip set {zone.gateway4}"),)
    )


def _lookups(uplinks: Mapping[str, object]) -> Iterator[Lookup]:
    yield from (Lookup(name, "ifname", verdicts=True) for name in ("heard_on", "said_on"))
    for key in map(uplink_word, uplinks):
        yield Lookup(f"pairs_{key}", "ipv4_addr . ipv4_addr", flags=("interval",))
        yield Lookup(f"speaks_{key}", "ipv4_addr", data="ipv4_addr", flags=("interval",))
        yield Lookup(f"own_{key}", "ipv4_addr")


def _hooks() -> tuple[Chain, ...]:
    return (
        Chain("input", (Rule("uplinks", "iifname vmap @heard_on"),), "filter hook input priority 0; policy accept"),
        Chain("output", (Rule("uplinks", "oifname vmap @said_on"),), "filter hook output priority 0; policy accept"),
    )


def _chains(word: str) -> tuple[Chain, ...]:
    heard = (
        Rule("own", f"arp daddr ip @own_{word} accept"),
        Rule("pair", f"arp saddr ip . arp daddr ip @pairs_{word} accept"),
        Rule("rest", "goto deny_heard"),
    )
    said = (
        Rule("as-whom", f"arp operation request arp saddr ip set arp daddr ip map @speaks_{word}"),
        Rule("own", f"arp saddr ip @own_{word} accept"),
        Rule("pair", f"arp daddr ip . arp saddr ip @pairs_{word} accept"),
        Rule("rest", "goto deny_said"),
    )
    return Chain(f"heard_{word}", heard), Chain(f"said_{word}", said)


def _elements(word: str, uplink: Uplink, reach: Reach) -> dict[str, dict[str, str]]:
    own = {str(uplink.ipv4.ip): MEMBER} if uplink.ipv4 else {}
    return {
        f"pairs_{word}": {f"{asker} . {asked}": MEMBER for asker, asked in sorted(reach.pairs)},
        f"speaks_{word}": dict(sorted(reach.speaks.items())),
        f"own_{word}": own,
    }
