# SPDX-License-Identifier: Apache-2.0
"""Packets of IP as limits of a box."""

from __future__ import annotations

from ringfence.proof import field
from ringfence.proof.values import Values, exactly

_FIELDS = {
    4: (exactly(field.IP4), field.SOURCE4, field.TARGET4),
    6: (exactly(field.IP6), field.SOURCE6, field.TARGET6),
}
OPENED = exactly(field.NEW, field.ESTABLISHED)
"""States of a packet in the direction of whoever began."""
UNRELATED = exactly(field.NEW, field.ESTABLISHED, field.UNTRACKED)
"""States of a packet that is neither broken nor an error about another one."""
ECHO = {4: (field.ICMP, 8, 0), 6: (field.ICMP6, 128, 129)}
"""Protocol, type of a question and of its answer, by version of IP (RFC 792, RFC 4443)."""
ERRORS = {4: (field.ICMP, exactly(3, 11, 12)), 6: (field.ICMP6, exactly(1, 2, 3, 4))}
"""Protocol and types of errors: unreachable, too big (only of IPv6), time exceeded, parameter problem."""


def ip(version: int, source: Values | None = None, target: Values | None = None) -> dict[str, Values]:
    """Return the packets of a version of IP between addresses; None stands for any."""
    protocol, near, far = _FIELDS[version]
    found = {field.PROTOCOL: protocol}
    if source is not None:
        found[near] = source
    if target is not None:
        found[far] = target
    return found


def target_field(version: int) -> str:
    """Return the field that a packet's target stands in."""
    return _FIELDS[version][2]


def version_of(protocol: Values) -> int:
    """Return the version of IP that an EtherType stands for."""
    return 4 if protocol == _FIELDS[4][0] else 6
