# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import struct
from ipaddress import ip_address

import pytest

from ringfence.base.checksum import summed
from ringfence.drivers.shadow.answers import neighbour, reply, syn_of, told
from ringfence.proof.trial.frame import NOBODY, arp, discovery, ether, icmp, ip, mac, packet, transport

OWN, OTHER = "52:54:00:00:00:01", "52:54:00:00:00:02"
TOKEN = b"rNONCE!!0001"
ENDS = {4: ("10.1.1.1", "10.1.2.2"), 6: ("fd00::1", "fd00::2")}


def asked(version: int, protocol: int, body: bytes, target: str = OWN) -> bytes:
    near, far = map(ip, ENDS[version])
    return ether(OTHER, target, 0x86DD if version == 6 else 0x0800, packet(near, far, protocol, body))


@pytest.mark.parametrize("version", [4, 6])
@pytest.mark.parametrize("protocol", [6, 17])
def test_the_first_packet_of_a_conversation_is_answered_the_way_it_came(version: int, protocol: int) -> None:
    answer = reply(asked(version, protocol, transport(protocol, (4711, 502), b"asked")), mac(OWN), TOKEN)
    assert answer is not None
    assert answer[:12] == mac(OTHER) + mac(OWN)
    begin = 54 if version == 6 else 34
    assert struct.unpack("!HH", answer[begin : begin + 4]) == (502, 4711)
    near, far = (ip_address(one).packed for one in ENDS[version])
    assert summed(far + near, protocol, answer[begin:]) == answer[begin:]
    assert answer.endswith(TOKEN)


def test_a_ping_is_answered_with_its_own_number() -> None:
    for version, protocol, kinds in ((4, 1, (8, 0)), (6, 58, (128, 129))):
        answer = reply(asked(version, protocol, icmp(kinds[0], b"\x12\x34\0\1", b"x")), mac(OWN), TOKEN)
        assert answer is not None
        begin = 54 if version == 6 else 34
        assert (answer[begin], answer[begin + 4 : begin + 8]) == (kinds[1], b"\x12\x34\0\1")


@pytest.mark.parametrize(
    "frame",
    [
        asked(4, 6, transport(6, (1, 2), b"", 16)),
        asked(4, 6, transport(6, (1, 2), b""), OTHER),
        asked(4, 47, b"12345678"),
        asked(6, 58, icmp(136, bytes(4), b"")),
        ether(OTHER, OWN, 0x88B8, b"x"),
        b"short",
    ],
)
def test_nothing_else_is_answered(frame: bytes) -> None:
    assert reply(frame, mac(OWN), TOKEN) is None


def test_a_stub_answers_for_its_own_addresses() -> None:
    question = ether(OTHER, "ff:ff:ff:ff:ff:ff", 0x0806, arp(1, (OTHER, "10.1.1.1"), (NOBODY, "10.1.2.2")))
    answer = neighbour(question, mac(OWN), ("10.1.2.2",))
    assert answer is not None
    assert told(answer) == ("10.1.1.1", "10.1.2.2")
    assert answer[22:28] == mac(OWN)
    assert neighbour(question, mac(OWN), ("10.1.2.3",)) is None
    assert neighbour(question, mac(OWN), ("*",)) == answer


def test_neighbour_discovery_is_answered_and_understood() -> None:
    question = ether(
        OTHER,
        "33:33:ff:00:00:02",
        0x86DD,
        discovery("fd00::1", "ff02::1:ff00:2", 135, bytes(4) + ip("fd00::2").packed, b""),
    )
    answer = neighbour(question, mac(OWN), ("fd00::2",))
    assert answer is not None
    assert told(answer) == ("fd00::1", "fd00::2")
    assert summed(answer[22:54], 58, answer[54:]) == answer[54:]
    assert told(question) is None


def test_conflict_probes_are_not_answered() -> None:
    probe = ether(OTHER, "ff:ff:ff:ff:ff:ff", 0x0806, arp(1, (OTHER, "0.0.0.0"), (NOBODY, "10.1.2.2")))  # noqa: S104 - an address in a packet
    assert neighbour(probe, mac(OWN), ("10.1.2.2",)) is None


def test_openings_are_known_by_their_ports() -> None:
    assert syn_of(asked(4, 6, transport(6, (40000, 502), b""))) == (40000, 502)
    assert syn_of(asked(6, 6, transport(6, (40000, 502), b""))) == (40000, 502)
    assert syn_of(asked(4, 6, transport(6, (40000, 502), b"", 18))) is None
    assert syn_of(asked(4, 17, transport(17, (40000, 502), b""))) is None
