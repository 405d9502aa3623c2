# SPDX-License-Identifier: Apache-2.0
"""LearnPort: counts in the kernel, in tables that this process holds."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager

from ringfence.compile.fabric.learning import bridge_lines, router_lines
from ringfence.compile.scope import Scope
from ringfence.facts.seen import Sight
from ringfence.observe.seen import sight
from ringfence.ports.learning import WatchedZone

from .flows import need_fabric
from .held import own_table
from .namespaces import NFT_LIST
from .owned import owned
from .tool import run


class LearnDriver:
    """Watches, and changes nothing."""

    @contextmanager
    def watching(self, scope: Scope, zone: WatchedZone) -> Iterator[Callable[[], Sight]]:
        """Hold the tables while the context lasts."""
        need_fabric(scope)
        table = own_table("learn")
        with ExitStack() as stack:
            if zone.leg:
                stack.enter_context(
                    owned(router_lines(table, zone.leg, zone.subnets), f"inet {table}", scope.namespace)
                )
            if zone.ports:
                stack.enter_context(owned(bridge_lines(table, zone.ports), f"bridge {table}"))

            def look() -> Sight:
                router = _list("inet", table, scope.namespace) if zone.leg else ""
                return sight(router, _list("bridge", table, "") if zone.ports else "")

            yield look


def _list(family: str, table: str, namespace: str) -> str:
    return run([*NFT_LIST, "table", family, table], namespace=namespace)
