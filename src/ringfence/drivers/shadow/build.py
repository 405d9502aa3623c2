# SPDX-License-Identifier: Apache-2.0
"""Builds the copy, inside its sealed namespaces: links by the scripts that made the live ones, rules as listed.

What cannot be made again is told and left out; the rest goes on.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import partial

from ringfence.base.errors import Refused
from ringfence.compile.document import Document, Kind
from ringfence.compile.fabric.link import link_script
from ringfence.compile.fabric.namespace import namespace_script
from ringfence.compile.fabric.port import port_script
from ringfence.compile.fabric.shell import Parts, addresses, below, identity, inside
from ringfence.compile.fabric.translation import translated_script
from ringfence.compile.fabric.uplink import uplink_script
from ringfence.compile.scope import Scope
from ringfence.drivers.fabric.namespaces import NFT_LIST, namespace_stands
from ringfence.drivers.fabric.tool import run

from .rules import commands, normal, script

_SHOWN = 300
"""So much of a rule that differs is told."""


def build(scope: Scope, documents: Sequence[Document], rules: Mapping[str, str]) -> list[str]:
    """Build everything; return a sentence for whatever is not as it should be."""
    said = []
    for document in documents:
        said += _tried(document.address, partial(_make, scope, document))
    for document in documents:
        lines = list(_foreign(scope, document))
        said += [why for line in lines for why in _tried(document.address, partial(run, ["sh", "-e"], line))]
    for space, listing in rules.items():
        if not space or namespace_stands(space):
            said += _load(space, listing)
    return said


def _make(scope: Scope, document: Document) -> None:
    run(["sh", "-e"], _script(scope, document))


def _tried(address: str, do: Callable[[], object]) -> list[str]:
    try:
        do()
    except Refused as refused:
        return [f"{address} cannot be copied: {refused.problem}"]
    except KeyError as missing:
        return [f"{address} cannot be copied: it has no part {missing}."]
    return []


def _script(scope: Scope, document: Document) -> str:
    parts = document.parts
    match document.kind:
        case Kind.NAMESPACE:
            return namespace_script(scope, parts)
        case Kind.LINK:
            return link_script(scope, parts) + _more(below(parts, "bridge"), below(parts, "leg"))
        case Kind.UPLINK if "namespace" in parts:
            return translated_script(scope, parts)
        case Kind.UPLINK if "owner" in parts:
            return uplink_script(scope, parts)
        case _:
            return _port(parts)


def _port(parts: Parts) -> str:
    if "within" in parts:
        return _inner(parts)
    if "master" in parts:
        return port_script(parts) + _more(parts)
    bare = port_script({**parts, "master": "lo"}).replace(f"ip link set dev {parts['name']} master lo\n", "")
    return bare.replace(f"bridge link set dev {parts['name']}", ": no port of a bridge:") + _more(parts)


def _inner(parts: Parts) -> str:
    """Return sh for a link of the router that nobody declared, with a stub at its other end."""
    stub, name, space = below(parts, "stub"), parts["name"], parts["within"]
    lines = (
        f"[ -e /run/netns/{stub['namespace']} ] || ip netns add {stub['namespace']}",
        f"ip link add name {name} netns {space} type veth peer name {stub['name']} netns {stub['namespace']}",
        inside(space, (*identity(parts), f"ip link set dev {name} up", *addresses(parts))),
        inside(stub["namespace"], (*identity(stub), f"ip link set dev {stub['name']} up")),
    )
    return "\n".join(lines) + "\n"


def _more(*ends: Parts) -> str:
    """Return sh for what nobody would give such a link: addresses of the host, and that it is down."""
    lines = [line for end in ends if end for line in (*addresses(end), *_down(end))]
    return "".join(f"{line}\n" for line in lines)


def _down(end: Parts) -> Iterator[str]:
    if end.get("up") == "no":
        yield f"ip link set dev {end['name']} down"


def _foreign(scope: Scope, document: Document) -> Iterator[str]:
    """Yield a line for each route and each answer that nobody declared, and for a leg of the router that is down."""
    parts = document.parts
    space = parts.get("namespace", "") if document.kind is Kind.UPLINK else scope.namespace
    for key, value in parts.items():
        kind, _, rest = key.removeprefix("foreign/").partition("/")
        if not key.startswith("foreign/") or kind not in {"route", "proxy"}:
            continue
        yield inside(
            space, (_way(rest, value, own=document.kind is Kind.UPLINK),) if kind == "route" else (_answer(rest),)
        )
    for end in ("router", "inner", "wire"):
        yield from (inside(space or scope.namespace, (line,)) for line in _down({**below(parts, end)}))


def _way(target: str, way: str, *, own: bool) -> str:
    if own:  # of a namespace that translates: LINK/TARGET, and the way as ``direct`` or ``via ...``
        link, _, target = target.partition("/")
        return f"ip route replace {target} {'' if way == 'direct' else way} dev {link} onlink"
    words = way.replace("gateway", "via")
    if " " in words:
        return f"ip route replace {target} {words}"
    return f"ip route replace {'' if words == 'there' else words} {target}"


def _answer(one: str) -> str:
    link, _, address = one.partition("/")
    return f"ip neigh replace proxy {address} dev {link}"


def _load(space: str, listing: str) -> list[str]:
    """Load the rules of one namespace; where nft refuses them as a whole, each by itself."""
    found = commands(listing)
    where = space or "the host"
    if not found:
        return []
    run(["nft", "flush", "ruleset"], namespace=space)
    try:
        run(["nft", "-j", "-f", "-"], script(found), namespace=space)
    except Refused:
        return [*_one_by_one(space, found), *_unlike(space, listing)]
    return [f"In {where}: {why}" for why in _unlike(space, listing)]


def _one_by_one(space: str, found: Iterable[dict[str, object]]) -> Iterator[str]:
    for one in found:
        try:
            run(["nft", "-j", "-f", "-"], script([one]), namespace=space)
        except Refused as refused:
            yield f"A rule cannot be copied ({str(one)[:_SHOWN]}): {refused.problem}"


def _unlike(space: str, listing: str) -> Iterator[str]:
    """Yield where the copy's rules are not those that were listed."""
    wanted, seen = normal(listing), normal(run([*NFT_LIST, "ruleset"], namespace=space))
    for place in sorted({*wanted, *seen}):
        want, have = wanted.get(place, []), seen.get(place, [])
        gone, come = set(want) - set(have), set(have) - set(want)
        yield from (f"the copy lacks {one[:_SHOWN]}" for one in sorted(gone))
        yield from (f"the copy has {one[:_SHOWN]}, which is not loaded" for one in sorted(come))
        if want != have and not gone and not come:
            yield f"the copy has the rules of chain {place} in another order"
