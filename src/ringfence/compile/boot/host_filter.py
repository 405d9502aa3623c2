# SPDX-License-Identifier: Apache-2.0
"""The host's own packet filter, through which br_netfilter sends bridged frames: ours pass by a rule of ours.

Docker drops by default what it does not know, and switches br_netfilter on whenever it starts; so the rule also
goes in where Docker is only installed. firewalld cannot be passed this way and is a finding.
"""

from __future__ import annotations

from collections.abc import Sequence

_RULE = "-m comment --comment ringfence -j ACCEPT"
_OPEN = """\
# drops PROGRAM: whether its FORWARD chain would drop our frames, now or once Docker has started.
drops() {{
    command -v "$1" >/dev/null || return 1
    ! command -v dockerd >/dev/null || return 0
    [ "$(cat "/proc/sys/net/bridge/bridge-nf-call-$1" 2>/dev/null)" = 1 ] || return 1
    "$1" -w 5 -S FORWARD | grep -qx -- '-P FORWARD DROP'
}}
for program in iptables ip6tables; do
    drops "$program" || continue
    for bridge in {bridges}; do
        "$program" -w 5 -C FORWARD -i "$bridge" -o "$bridge" {rule} 2>/dev/null ||
            "$program" -w 5 -I FORWARD -i "$bridge" -o "$bridge" {rule} ||
            echo "ringfence: the frames of $bridge may not pass this host's own filter." >&2
    done
done
"""
_CLOSE = """\
for program in iptables ip6tables; do
    command -v "$program" >/dev/null || continue
    for bridge in {bridges}; do
        while "$program" -w 5 -D FORWARD -i "$bridge" -o "$bridge" {rule} 2>/dev/null; do
            continue
        done
    done
done
"""


def let_pass(bridges: Sequence[str]) -> str:
    """Return sh that lets the frames of bridges pass; run again, it adds nothing."""
    return _OPEN.format(bridges=" ".join(bridges), rule=_RULE) if bridges else ""


def forget(bridges: Sequence[str]) -> str:
    """Return sh that takes the rules away again."""
    return _CLOSE.format(bridges=" ".join(bridges), rule=_RULE) if bridges else ""
