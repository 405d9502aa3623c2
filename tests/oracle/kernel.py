# SPDX-License-Identifier: Apache-2.0
"""The kernel as an oracle: tables of family bridge are loaded by nft, frames are sent, and what passes is noted.

Run as root in a network namespace of its own: ``unshare -n python -m tests.oracle.kernel``. It reads lines of JSON, a
script and frames in hexadecimal digits by number with the port they come in by, and answers each with the numbers
of the frames that got through.
"""

from __future__ import annotations

import json
import socket
import subprocess
import sys

PORTS = ("a", "b")
_TAIL = """
table bridge tail {
    set four { typeof ip id; flags dynamic; size 4096; }
    set six { typeof ip6 flowlabel; flags dynamic; size 4096; }
    set said { typeof arp daddr ip; flags dynamic; size 4096; }
    chain noted {
        type filter hook prerouting priority 1000; policy accept;
        meta protocol ip update @four { ip id }
        meta protocol ip6 update @six { ip6 flowlabel }
        meta protocol arp update @said { arp daddr ip }
    }
}
"""
"""Behind all chains that are tried: packets carry their number where no drawn rule looks."""


def main() -> None:
    _order("ip link add zone type bridge mcast_snooping 0; ip link set zone up")
    senders = {}
    for port in PORTS:
        _order(f"ip link add name {port} type veth peer name x{port}; ip link set dev {port} master zone; sysctl -qw "
               f"net.ipv6.conf.{port}.disable_ipv6=1 net.ipv6.conf.x{port}.disable_ipv6=1; "
               f"ip link set dev {port} up; ip link set dev x{port} up")  # fmt: skip
        senders[port] = socket.socket(socket.AF_PACKET, socket.SOCK_RAW)
        senders[port].bind((f"x{port}", 0))
    for line in sys.stdin:
        script, frames = json.loads(line)
        for text in (f"flush ruleset\n{_TAIL}", script):
            subprocess.run(["nft", "-f", "-"], input=text, text=True, check=True)
        for port, frame in frames:
            senders[port].send(bytes.fromhex(frame))
        sys.stdout.write(json.dumps(sorted(_noted())) + "\n")


def _noted() -> set[int]:
    listed = subprocess.run(["nft", "-j", "list", "table", "bridge", "tail"], capture_output=True, check=True).stdout
    found: set[int] = set()
    for one in json.loads(listed)["nftables"]:
        for element in one.get("set", {}).get("elem", []):
            value = element["elem"]["val"] if isinstance(element, dict) else element
            found.add(value if isinstance(value, int) else int.from_bytes(socket.inet_aton(value), "big"))
    return found


def _order(text: str) -> None:
    subprocess.run(["sh", "-ec", text], check=True)


if __name__ == "__main__":
    main()
