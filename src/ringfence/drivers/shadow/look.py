# SPDX-License-Identifier: Apache-2.0
"""One look at a fabric: its documents, and what they were read from, of the same moment."""

from __future__ import annotations

from collections.abc import Mapping

from ringfence.base.addresses import Address
from ringfence.compile.document import Document
from ringfence.compile.scope import Scope
from ringfence.drivers.fabric.look import look
from ringfence.drivers.fabric.namespaces import NFT_LIST
from ringfence.drivers.fabric.tool import run
from ringfence.observe.fabric import fabric_documents
from ringfence.observe.links import Space, links_of
from ringfence.observe.uplinks import INNER, OUTER
from ringfence.ports.shadow import Loaded

from .beside import beside

_NAMES = ("name", "bridge/name", "leg/name")


def loaded(scope: Scope) -> Loaded:
    """Return what stands of a fabric."""
    sight = look(scope)
    rules, links = {"": sight.guard}, {"": sight.host.links}
    if sight.router is not None:
        rules[scope.namespace], links[scope.namespace] = sight.ruleset, sight.router.links
    for uplink, (space, ruleset) in sight.outside.translators.items():
        rules[scope.translator(uplink)], links[scope.translator(uplink)] = ruleset, space.links
    documents = fabric_documents(scope, sight)
    # Others' tables of bridges see the fabric's frames as well, in whatever order their priorities say.
    rules[""] = run([*NFT_LIST, "ruleset", "bridge"], accept=(0, 1))
    return Loaded(scope, documents, rules, links, tuple(beside(_ours(scope, documents, links), links)))


def _ours(scope: Scope, documents: Mapping[Address, Document], links: Mapping[str, str]) -> dict[str, set[str]]:
    """Return the fabric's links by namespace: of the router's, and of those that translate, all but the loop."""
    host = {one.parts[key] for one in documents.values() for key in _NAMES if key in one.parts}
    found = {space: set(links_of(Space(text, "")).by_name) - {"lo"} for space, text in links.items() if space}
    return {"": host - {INNER, OUTER, scope.namespace}, **found}
