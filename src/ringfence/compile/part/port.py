# SPDX-License-Identifier: Apache-2.0
"""A workload's port on its zone's bridge: its flags, and what every one of them is set to."""

PORT_FLAGS = {
    "isolated": "isolated",
    "learning": "learning",
    "flood": "flood",
    "mcast_flood": "mcast_flood",
    "bcast_flood": "bcast_flood",
    "bpdu_guard": "guard",
}
"""Our word and ``bridge link set``'s word for each flag of a bridge's port."""
PORT = {
    "isolated": "1",
    "learning": "0",  # the one MAC behind it is bound; nobody can draw another's frames to himself
    "flood": "0",
    "mcast_flood": "1",
    "bcast_flood": "1",
    "bpdu_guard": "1",
    "inet6.conf.disable_ipv6": "1",
    "up": "yes",
}
SETTINGS = {"port": ("inet6.conf.disable_ipv6",), "stub": ("inet6.conf.accept_ra",)}
"""Kernel settings that are parts, at the host's end and at the stub's."""
