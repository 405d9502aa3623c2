# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import pytest

from ringfence.base.names import is_name
from ringfence.site.catalogue import CATALOGUE
from ringfence.site.service import Service

EXPECTED = {
    "modbus": {("tcp", 502)},
    "modbus-tls": {("tcp", 802)},
    "dnp3": {("tcp", 20000), ("udp", 20000)},
    "iec-104": {("tcp", 2404)},
    "iec-61850-mms": {("tcp", 102)},
    "opc-ua": {("tcp", 4840)},
    "s7": {("tcp", 102)},
    "ethernet-ip": {("tcp", 44818), ("udp", 44818)},
    "ethernet-ip-io": {("udp", 2222)},
    "bacnet-ip": {("udp", 47808)},
    "dicom": {("tcp", 104), ("tcp", 11112)},
    "dicom-tls": {("tcp", 2762)},
    "hl7-mllp": {("tcp", 2575)},
    "mqtt": {("tcp", 1883)},
    "mqtts": {("tcp", 8883)},
    "ntp": {("udp", 123)},
    "http": {("tcp", 80)},
    "https": {("tcp", 443)},
    "ssh": {("tcp", 22)},
    "rdp": {("tcp", 3389), ("udp", 3389)},
    "vnc": {("tcp", 5900)},
    "telnet": {("tcp", 23)},
    "influxdb": {("tcp", 8086)},
    "postgresql": {("tcp", 5432)},
    "syslog-tls": {("tcp", 6514)},
}
REMOTE = {"ssh", "telnet", "rdp", "vnc", "winrm", "winrm-https", "ipmi"}


def ports(service: Service) -> set[tuple[str, int]]:
    return {(flow.protocol, ports.first) for flow in service.flows for ports in flow.ports}


@pytest.mark.parametrize("name", EXPECTED)
def test_ports_are_the_registered_ones(name: str) -> None:
    assert ports(CATALOGUE[name]) == EXPECTED[name]


def test_services_are_well_formed() -> None:
    assert list(CATALOGUE) == sorted(CATALOGUE)
    for name, service in CATALOGUE.items():
        assert name == service.name
        assert is_name(name)
        assert service.builtin
        assert service.source, name
        assert service.description, name
        assert service.flows, name
        assert len(set(service.flows)) == len(service.flows), name


def test_flows_are_well_formed() -> None:
    for service in CATALOGUE.values():
        for flow in service.flows:
            assert bool(flow.ports) == (flow.protocol in {"tcp", "udp"})
            assert all(1 <= one.first <= one.last <= 65535 for one in flow.ports)
            assert (flow.group is not None) == (flow.reach == "multicast")


def test_remote_access_is_what_lets_a_person_control_a_machine() -> None:
    assert {name for name, service in CATALOGUE.items() if service.remote_access} == REMOTE


def test_encrypted_and_plain_variants_differ() -> None:
    for name, service in CATALOGUE.items():
        if name.endswith(("-tls", "-https")):
            assert service.encrypted, name
    assert not any(CATALOGUE[name].encrypted for name in ("modbus", "http", "mqtt", "telnet", "vnc", "ldap", "ftp"))
