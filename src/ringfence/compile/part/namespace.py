# SPDX-License-Identifier: Apache-2.0
"""The switches of the router's namespace, by sysctl name."""

_ALL_AND_DEFAULT = {
    "rp_filter": "1",  # strict reverse path (RFC 3704)
    "send_redirects": "0",
    "accept_redirects": "0",
    "accept_source_route": "0",
    "arp_ignore": "1",  # a leg answers for its own gateway address, not for another zone's
}
SWITCHES = {
    **{f"net.ipv4.conf.{scope}.{key}": v for key, v in _ALL_AND_DEFAULT.items() for scope in ("all", "default")},
    "net.ipv4.ip_forward": "1",
    "net.ipv4.icmp_echo_ignore_broadcasts": "1",
    "net.ipv6.conf.all.accept_redirects": "0",
    "net.ipv6.conf.default.accept_redirects": "0",
    "net.ipv6.conf.all.accept_ra": "0",
    "net.ipv6.conf.default.accept_ra": "0",
    "net.ipv6.conf.all.forwarding": "1",
    # For 'flows': packets and bytes of each connection, and since when it is there. It counts from then on.
    "net.netfilter.nf_conntrack_acct": "1",
    "net.netfilter.nf_conntrack_timestamp": "1",
}
