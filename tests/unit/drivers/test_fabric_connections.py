# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

from ringfence.drivers.fabric.connections import Conversation, conversations, matching

LISTING = """\
tcp      6 431999 ESTABLISHED src=10.10.2.11 dst=10.10.1.11 sport=40112 dport=502 src=10.10.1.11 dst=10.10.2.11 \
sport=502 dport=40112 [ASSURED] mark=0 use=1
udp      17 28 src=10.10.2.11 dst=10.10.1.11 sport=9 dport=5002 [UNREPLIED] src=10.10.1.11 dst=10.10.2.11 \
sport=5002 dport=9 mark=0 use=1
icmp     1 29 src=10.10.5.11 dst=10.10.1.12 type=8 code=0 id=1 src=10.10.1.12 dst=10.10.5.11 type=0 code=0 id=1 use=1
"""
SIX = "icmpv6   58 29 src=fd10::1 dst=fd10::2 type=128 code=0 id=4 src=fd10::2 dst=fd10::1 type=129 code=0 id=4 use=1\n"


def test_the_opener_s_direction_is_read() -> None:
    assert conversations(LISTING) == [
        Conversation("tcp", "10.10.2.11", "10.10.1.11", "502"),
        Conversation("udp", "10.10.2.11", "10.10.1.11", "5002"),
        Conversation("icmp", "10.10.5.11", "10.10.1.12", ""),
    ]


def test_a_poller_s_connections_are_one_conversation() -> None:
    closed = LISTING.splitlines()[0].replace("ESTABLISHED", "TIME_WAIT")
    polled = "\n".join(closed.replace("40112", str(port)) for port in range(40112, 40212))
    assert conversations(polled) == [Conversation("tcp", "10.10.2.11", "10.10.1.11", "502")]


def test_connections_are_found_by_the_element_that_let_them_pass() -> None:
    def found(text: str, *keys: str) -> list[str]:
        return [one.protocol for one in matching(text, keys)]

    assert found(LISTING, "10.10.2.11 . 10.10.1.11 . tcp . 502") == ["tcp"]
    assert found(LISTING, "10.10.2.11 . 10.10.1.11 . udp . 5000-5003") == ["udp"]
    assert found(LISTING, "10.10.5.11 . 10.10.1.12 . icmp") == ["icmp"]
    assert found(SIX, "fd10::1 . fd10::2 . ipv6-icmp") == ["icmpv6"]
    others = (
        "10.10.2.11 . 10.10.1.11 . tcp . 503",
        "10.10.2.11 . 10.10.1.11 . udp . 502",
        "10.10.1.11 . 10.10.2.11 . tcp . 502",
    )
    assert found(LISTING, *others, "10.10.2.11 . 10.10.1.11 . udp . 5003-5004") == []


def test_its_connections_are_deleted_and_no_others() -> None:
    tcp, _, icmp = conversations(LISTING)
    assert " ".join(tcp.command) == "-D -p tcp -s 10.10.2.11 -d 10.10.1.11 --dport 502"
    assert " ".join(icmp.command) == "-D -p icmp -s 10.10.5.11 -d 10.10.1.12"
