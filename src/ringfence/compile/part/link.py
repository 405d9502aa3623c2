# SPDX-License-Identifier: Apache-2.0
"""A zone's link: what its bridge, its leg on the host and its router's end are set to in every site."""

LINK_LOCAL = "fe80::1"
"""Every gateway's link-local address: guests keep their default route when they move to another host."""
_HOST_SIDE = {"inet6.conf.disable_ipv6": "1", "inet.conf.forwarding": "0"}
BRIDGE = {
    **_HOST_SIDE,
    "inet.conf.rp_filter": "1",  # without an address, strict means that the host takes nothing in here
    "inet.conf.arp_ignore": "8",  # nor answers for any of its addresses (kernel ip-sysctl)
    "stp_state": "0",
    "mcast_snooping": "0",
}
LEG = {
    **_HOST_SIDE,
    "isolated": "0",
    "learning": "0",
    "flood": "0",
    "mcast_flood": "1",
    "bcast_flood": "1",
    "bpdu_guard": "0",
}
ROUTER = {
    "inet.conf.proxy_arp_pvlan": "1",  # isolated peers meet through the router (RFC 3069)
    "inet.conf.send_redirects": "0",
    "inet.conf.accept_redirects": "0",
    "inet.conf.accept_source_route": "0",
    "inet.conf.rp_filter": "1",
    "inet.conf.arp_ignore": "1",
    "inet.conf.forwarding": "1",
    "inet.neigh.proxy_delay": "0",  # else an answer for a peer waits up to 0.8 s
    "inet6.conf.accept_ra": "0",
    "inet6.conf.accept_redirects": "0",
    "inet6.conf.addr_gen_mode": "1",  # none: the link-local address is the same on every host
}
UPLINK = {
    **{key: value for key, value in ROUTER.items() if key != "inet.conf.proxy_arp_pvlan"},
    "inet.conf.proxy_arp": "0",  # it answers by explicit entries only
    "inet.conf.proxy_arp_pvlan": "0",
    "inet.conf.arp_announce": "2",  # where it has an address on the network, it asks as that one
}
"""Settings of an uplink's leg."""
INNER = {key: value for key, value in ROUTER.items() if key != "inet.conf.proxy_arp_pvlan"}
"""Settings of a translating namespace's way to the router."""
_SWITCHES = {"inet6.conf.disable_ipv6": "", "inet6.conf.proxy_ndp": ""}
"""What depends on the site."""
SETTINGS = {
    end: tuple(key for key in table if key.startswith("inet"))
    for end, table in (
        ("bridge", BRIDGE),
        ("leg", LEG),
        ("router", {**_SWITCHES, **ROUTER}),
        ("uplink", {**_SWITCHES, **UPLINK}),
        ("inner", {"inet6.conf.disable_ipv6": "", **INNER}),
    )
}
"""Kernel settings that are parts, by end of the link; ``setting.sysctl_path`` knows their files."""
