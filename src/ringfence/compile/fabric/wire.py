# SPDX-License-Identifier: Apache-2.0
"""Layer-2 uplinks: an interface of the host becomes a port of a layer-2 zone's bridge.

What it was before stands in its alias, written before anything is changed, so that whoever takes it off again knows
without a file. In a sealed copy the wire is a pair of links to a namespace that stands for the plant.
"""

from __future__ import annotations

import shlex
from collections.abc import Iterator

from ringfence.base.identity import mac
from ringfence.compile.document import Artifact, Document, Kind
from ringfence.compile.part.alias import owner
from ringfence.compile.part.wire import STUB, WIRE, with_past
from ringfence.compile.scope import Scope
from ringfence.site.site import Site
from ringfence.site.uplink import Uplink

from .port import port_script
from .shell import Parts, port_flags, sysctls

_STUB_LINK = "wire"
_TAKE = """\
if [ -e /sys/class/net/{name} ]; then
    held=$(cat /sys/class/net/{name}/ifalias)
    case $held in
    {mine}*) ;;
    *)
        was=down
        [ $(($(cat /sys/class/net/{name}/flags) & 1)) -eq 0 ] || was=up
        ip link set dev {name} alias {mine}"$was $(cat /proc/sys/net/ipv6/conf/{name}/disable_ipv6) $held"
        ;;
    esac
{lines}
else
    echo "ringfence: there is no interface {name}; its uplink carries nothing." >&2
fi
"""
_RELEASE = """\
held=$(cat /sys/class/net/{name}/ifalias 2>/dev/null) || held=
case $held in
{mine}*)
    held=${{held#{mine}}}
    was=${{held%% *}} held=${{held#* }}
    ip link set dev {name} nomaster
    echo "${{held%% *}}" >/proc/sys/net/ipv6/conf/{name}/disable_ipv6
    ip link set dev {name} alias "${{held#* }}" "$was"
    ;;
esac
"""


def wires_of(site: Site, scope: Scope) -> dict[str, str]:
    """Return the interface on the host of each layer-2 uplink of this host, by uplink."""
    return {uplink.name: wire_name(scope, uplink) for uplink in _uplinks(site, scope)}


def wire_name(scope: Scope, uplink: Uplink) -> str:
    """Return the interface that is the bridge's port: the plant's own on the live fabric, a stub's elsewhere."""
    return uplink.interface if scope.fabric == "live" else scope.link("wire", uplink.name)


def wire_artifacts(site: Site, scope: Scope) -> Iterator[Artifact]:
    """Yield the port that each layer-2 uplink is."""
    for uplink in _uplinks(site, scope):
        parts = _parts(site, scope, uplink)
        document = Document(scope.address("uplink", uplink.name), Kind.UPLINK, parts, wire_script(parts))
        needs = (scope.address("link", str(uplink.layer2)), scope.address("table", "guard"))
        yield Artifact(document, (f"uplink/{uplink.name}",), needs)


def is_wire(parts: Parts) -> bool:
    """Tell whether an uplink's document is a layer-2 uplink's: that of a routed one is no port of a bridge."""
    return "bpdu_guard" in parts


def wire_script(parts: Parts) -> str:
    """Return sh that makes an interface a port, or mends it; without the interface it says so and goes on."""
    if "stub/namespace" in parts:
        return port_script(parts)
    name = parts["name"]
    lines = (
        *sysctls(parts),
        f"ip link set dev {name} master {parts['master']}",
        *port_flags(parts),
        f"ip link set dev {name} up",
    )
    return _TAKE.format(name=name, mine=_mine(parts), lines="\n".join(f"    {line}" for line in lines))


def wire_release(parts: Parts) -> str:
    """Return sh that gives an interface back as it was; one that is not ours is left alone."""
    if "stub/namespace" in parts:
        return f"ip netns delete {parts['stub/namespace']} 2>/dev/null || true\n"
    return _RELEASE.format(name=parts["name"], mine=_mine(parts))


def _mine(parts: Parts) -> str:
    return shlex.quote(with_past(parts["alias"], ""))


def _uplinks(site: Site, scope: Scope) -> Iterator[Uplink]:
    """Yield layer-2 uplinks into zones that have no router leg: a routed zone's bridge never gets one."""
    for uplink in site.uplinks.values():
        zone = site.zones.get(uplink.layer2 or "")
        if zone is not None and not zone.routed and uplink.host == scope.host:
            yield uplink


def _parts(site: Site, scope: Scope, uplink: Uplink) -> dict[str, str]:
    found = {
        "name": wire_name(scope, uplink),
        "alias": owner(scope, "wire", uplink.name),
        "master": scope.link("bridge", str(uplink.layer2)),
        **WIRE,
    }
    macs = sorted({one.mac for one in site.assets.values() if one.uplink == uplink.name and one.mac})
    found |= {"fdb": " ".join(macs)} if macs else {}
    return found if scope.fabric == "live" else found | _stub(scope, uplink, macs)


def _stub(scope: Scope, uplink: Uplink, macs: list[str]) -> dict[str, str]:
    names = (scope.site, scope.host, scope.fabric, "wire", uplink.name)
    return {
        "mac": mac(*names),
        "stub/namespace": scope.outside(uplink.name),
        "stub/name": _STUB_LINK,
        "stub/mac": macs[0] if macs else mac(*names, "stub"),
        **{f"stub/{key}": value for key, value in STUB.items()},
    }
