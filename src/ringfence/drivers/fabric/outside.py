# SPDX-License-Identifier: Apache-2.0
"""Looks at the namespaces that belong to uplinks: those that translate, and those that stand for the plant."""

from __future__ import annotations

from pathlib import Path

from ringfence.compile.part.link import SETTINGS
from ringfence.compile.part.namespace import SWITCHES
from ringfence.compile.part.port import SETTINGS as PORT_SETTINGS
from ringfence.compile.part.setting import sysctl_path
from ringfence.compile.scope import Scope
from ringfence.observe.links import Space, links_of
from ringfence.observe.uplinks import Outside, legs_among

from .namespaces import NFT_LIST, look_space, namespace_stands
from .tool import NAMESPACES


def look_outside(scope: Scope, router: Space | None) -> Outside:
    """Return the namespaces that belong to the uplinks, those that lost their leg included."""
    legs = legs_among(scope, links_of(router)) if router else {}
    left = (one.name for one in Path(NAMESPACES).glob(f"{scope.translator('')}*"))
    names = sorted({*(leg.uplink for leg in legs.values()), *(one.removeprefix(scope.translator("")) for one in left)})
    stubs = {name: scope.outside(name) for name in names if scope.fabric != "live"}
    return Outside(
        {name: _translator(scope.translator(name)) for name in names if namespace_stands(scope.translator(name))},
        {name: _stub(space) for name, space in stubs.items() if namespace_stands(space)},
    )


def _translator(namespace: str) -> tuple[Space, str]:
    keys = {*SETTINGS["uplink"], *SETTINGS["inner"]}
    settings = [path for key in (*keys, *SWITCHES) if (path := sysctl_path(key, "*"))]
    more = ("ip -j neigh show proxy", "ip -j neigh show nud permanent", " ".join([*NFT_LIST, "ruleset"]))
    links, sysctls, routes, proxies, neighbours, ruleset = look_space(namespace, settings, *more)
    return Space(links, sysctls, routes=routes, proxies=proxies, neighbours=neighbours), ruleset


def _stub(namespace: str) -> Space:
    settings = [path for key in PORT_SETTINGS["stub"] if (path := sysctl_path(key, "*"))]
    links, sysctls, routes = look_space(namespace, settings)
    return Space(links, sysctls, routes=routes)
