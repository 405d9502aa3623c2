# SPDX-License-Identifier: Apache-2.0
"""TracePort: marks one packet, listens to what it meets, and leaves nothing behind."""

from __future__ import annotations

import socket
from collections.abc import Callable, Sequence
from contextlib import ExitStack

from ringfence.base.errors import Refused
from ringfence.compile.fabric.tracing import Sought, follow_lines, inject_lines, next_line
from ringfence.compile.part.element import Element
from ringfence.compile.scope import Scope
from ringfence.ports.traces import Question, Trail

from .flows import need_fabric
from .frame import Ends, frame
from .held import own_table
from .look import guard_tables
from .monitor import Monitor, monitor
from .owned import owned

_ARRIVES_S = 2.0
"""A packet is through the router in far less than a millisecond; then nothing more comes."""


class TraceDriver:
    """Follows packets."""

    def inject(self, scope: Scope, question: Question) -> Trail:
        """Send one packet into the zone's leg, as it would come from the bridge."""
        need_fabric(scope)
        ends = Ends(question.source, question.target, question.source_mac, question.gateway_mac)
        data, mark = frame(ends, question.protocol, question.port)
        table = own_table("trace")
        lines = inject_lines(table, question.leg, mark)
        with owned(lines, f"inet {table}", scope.namespace), monitor(table, scope.namespace) as listening:
            _send(question.link, data)
            listening.wait(_ARRIVES_S, lambda: False, lambda: listening.over)
            return listening.trail

    def follow(
        self, scope: Scope, question: Question, seconds: float, stopped: Callable[[], bool]
    ) -> tuple[Trail, Trail]:
        """Mark the next packet of the conversation on the zone's bridge and in the router; change nothing of it."""
        need_fabric(scope)
        sought = Sought(question.source, question.target, question.protocol, question.port)
        table = own_table("trace")
        with ExitStack() as stack:
            inside = stack.enter_context(owned(follow_lines("inet", table), f"inet {table}", scope.namespace))
            before = stack.enter_context(owned(follow_lines("bridge", table), f"bridge {table}"))
            router = stack.enter_context(monitor(table, scope.namespace))
            guard = stack.enter_context(monitor(table))
            # Only now: a packet that was marked before anybody listened would have been the only one.
            before.order([next_line("bridge", table, sought)])
            inside.order([next_line("inet", table, sought)])
            router.wait(seconds, stopped, lambda: router.over or _stopped_before(guard))
            guard.drain()
            return guard.trail, router.trail

    def guarded(self, scope: Scope) -> Sequence[Element]:
        """Return the elements of the guard's table."""
        table = guard_tables(scope).get(("bridge", scope.table))
        return [one for one in table.elements if one.owners] if table else []


def _stopped_before(guard: Monitor) -> bool:
    """Tell whether the guard dropped the packet, so that the router will see none of it."""
    guard.read(0)
    return guard.over


def _send(link: str, data: bytes) -> None:
    try:
        with socket.socket(socket.AF_PACKET, socket.SOCK_RAW) as sock:
            sock.bind((link, 0))
            sock.send(data)
    except OSError as error:
        raise Refused(
            f"No packet can be sent into {link}: {error.strerror}.", "Look with 'ringfence drift' at what stands now."
        ) from error
