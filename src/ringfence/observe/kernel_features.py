# SPDX-License-Identifier: Apache-2.0
"""What the kernel can do, found by doing it: one shell script, run in a throw-away network namespace.

The script prints the name of each feature that worked, one a line. Names:
``veth bridge isolated tap vlan bridge-vlan vxlan macvlan macvtap bond wireguard proxy-arp-pvlan ipv6 netem mirred
nft nft-vmap nft-ct-zone nft-log nft-queue nft-flowtable nft-owner nft-bridge nft-bridge-protocol
nft-bridge-conntrack``.
"""

from __future__ import annotations

_NAME_RULE = set("abcdefghijklmnopqrstuvwxyz0123456789-")

_MIRROR = "action mirred egress mirror dev rfp0"

# Name, and the command that must succeed. Order matters: later ones use earlier ones' links.
_PROBES = (
    ("veth", "ip link add rfp0 type veth peer name rfp1"),
    ("bridge", "ip link add rfpbr type bridge"),
    ("isolated", "ip link set rfp1 master rfpbr && ip link set rfp1 type bridge_slave isolated on"),
    ("tap", "ip tuntap add rfptap mode tap"),
    ("vlan", "ip link add link rfp0 name rfpv type vlan id 7"),
    ("bridge-vlan", "ip link set rfpbr type bridge vlan_filtering 1"),
    ("vxlan", "ip link add rfpx type vxlan id 7 dstport 4789 dev rfp0"),
    ("macvlan", "ip link add link rfp0 name rfpm type macvlan mode private"),
    ("macvtap", "ip link add link rfp0 name rfpt type macvtap mode private"),
    ("bond", "ip link add rfpb type bond"),
    ("wireguard", "ip link add rfpw type wireguard"),
    ("proxy-arp-pvlan", "echo 1 >/proc/sys/net/ipv4/conf/rfp0/proxy_arp_pvlan"),
    ("ipv6", "test -d /proc/sys/net/ipv6/conf/rfp0"),
    ("netem", "tc qdisc add dev rfp0 root netem delay 1ms"),
    (
        "mirred",
        "tc qdisc add dev rfp1 ingress && tc filter add dev rfp1 parent ffff: u32 match u32 0 0 " + _MIRROR,
    ),
)
_FORWARD = "type filter hook forward priority 0"
_FLOWTABLE = "flowtable t { hook ingress priority 0; devices = { rfp0 }; }"
_RULES = (
    ("nft", f"table inet a {{ chain c {{ {_FORWARD}; }}; }}"),
    ("nft-vmap", "table inet b { map m { type ipv4_addr . inet_service : verdict; flags interval; }; }"),
    (
        "nft-ct-zone",
        "table inet d { chain c { type filter hook prerouting priority -300; ct zone set 7; }; }",
    ),
    ("nft-log", f'table inet e {{ chain c {{ {_FORWARD}; log prefix "x" group 7; }}; }}'),
    ("nft-queue", f"table inet f {{ chain c {{ {_FORWARD}; queue num 7 bypass; }}; }}"),
    ("nft-flowtable", f"table inet g {{ {_FLOWTABLE}; }}"),
    ("nft-owner", "table inet h { flags owner; }"),
    ("nft-bridge", f"table bridge a {{ chain c {{ {_FORWARD}; ether type arp drop; }}; }}"),
    ("nft-bridge-protocol", f"table bridge b {{ chain c {{ {_FORWARD}; meta protocol 0x88b8 drop; }}; }}"),
    ("nft-bridge-conntrack", f"table bridge d {{ chain c {{ {_FORWARD}; ct state established accept; }}; }}"),
)


def feature_script() -> str:
    """Return the shell script; it leaves nothing behind but kernel modules."""
    lines = [f"try {name} sh -c {_quoted(command)}" for name, command in _PROBES]
    lines += [f"try {name} nft {_quoted('add ' + rules)}" for name, rules in _RULES]
    return "\n".join(['try() { name=$1; shift; "$@" >/dev/null 2>&1 && echo "$name"; }', *lines, "exit 0", ""])


def parse_features(printed: str) -> frozenset[str]:
    """Names of the features that worked, out of what the script printed."""
    lines = (line.strip() for line in printed.splitlines())
    return frozenset(line for line in lines if line and set(line) <= _NAME_RULE)


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "'\\''") + "'"
