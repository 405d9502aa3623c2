# SPDX-License-Identifier: Apache-2.0
"""FlowPort: asks the connection table and the maps inside the router's namespace."""

from __future__ import annotations

from collections.abc import Sequence

from ringfence.base.errors import Refused
from ringfence.compile.part.element import Element
from ringfence.compile.scope import Scope
from ringfence.facts.connection import Connection
from ringfence.observe.conntrack import connections, timeouts
from ringfence.observe.nft_listing import listed_tables

from .namespaces import NFT_LIST, namespace_stands
from .tool import run

_LIST = ("conntrack", "-L", "-o", "extended", "-f")
_LIMITS = "grep -H ^ /proc/sys/net/netfilter/nf_conntrack_*timeout*"
_NONE_FOUND = 1


class FlowDriver:
    """Looks, and changes nothing."""

    def connections(self, scope: Scope) -> Sequence[Connection]:
        """Return the connections that the router tracks."""
        need_fabric(scope)
        limits = timeouts(run(["sh", "-c", _LIMITS], namespace=scope.namespace, accept=(0, 1, 2)))
        texts = (
            run([*_LIST, family], namespace=scope.namespace, accept=(0, _NONE_FOUND)) for family in ("ipv4", "ipv6")
        )
        return [one for text in texts for one in connections(text, limits)]

    def elements(self, scope: Scope) -> Sequence[Element]:
        """Return the owned elements of the router's table."""
        need_fabric(scope)
        listing = run([*NFT_LIST, "table", "inet", scope.table], namespace=scope.namespace, accept=(0, 1))
        table = listed_tables(listing).get(("inet", scope.table))
        return [one for one in table.elements if one.owners] if table else []


def need_fabric(scope: Scope) -> None:
    """Raise Refused where there is no router."""
    if not namespace_stands(scope.namespace):
        raise Refused(f"The router of site {scope.site} is not up.", "Apply the site first with 'ringfence apply'.")
