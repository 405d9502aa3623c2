# SPDX-License-Identifier: Apache-2.0
"""One look at a fabric: its documents, and what they were read from, of the same moment."""

from __future__ import annotations

from ringfence.compile.scope import Scope
from ringfence.drivers.fabric.look import look
from ringfence.observe.fabric import fabric_documents
from ringfence.ports.shadow import Loaded


def loaded(scope: Scope) -> Loaded:
    """Return what stands of a fabric."""
    sight = look(scope)
    rules, links = {"": sight.guard}, {"": sight.host.links}
    if sight.router is not None:
        rules[scope.namespace], links[scope.namespace] = sight.ruleset, sight.router.links
    for uplink, (space, ruleset) in sight.outside.translators.items():
        rules[scope.translator(uplink)], links[scope.translator(uplink)] = ruleset, space.links
    return Loaded(scope, fabric_documents(scope, sight), rules, links)
