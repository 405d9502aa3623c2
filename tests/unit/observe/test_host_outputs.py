# SPDX-License-Identifier: Apache-2.0
"""What Debian 12 and 13 really printed (recorded/), read by the parsers of host facts."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ringfence.observe.capabilities import parse_capabilities
from ringfence.observe.firmware import parse_firmware
from ringfence.observe.forward_policy import ends_in_drop, legacy_drops, parse_forward_chains
from ringfence.observe.kernel_features import feature_script, parse_features
from ringfence.observe.memory import numa_node, parse_cpu_list, parse_meminfo
from ringfence.observe.nics import link_numbers, parse_nics
from ringfence.observe.versions import parse_libvirt_version, parse_version

RECORDED = Path(__file__).parent / "recorded"
DISTRIBUTIONS = ("debian12", "debian13")
LIBVIRT = {"debian12": (9, 0, 0), "debian13": (11, 3, 0)}
NFT = {"debian12": (1, 0, 6), "debian13": (1, 1, 3)}
QEMU_SERIES = {"debian12": "7.2", "debian13": "10.0"}


@pytest.fixture(params=DISTRIBUTIONS)
def recorded(request: pytest.FixtureRequest) -> Path:
    return RECORDED / str(request.param)


def test_capabilities_name_exact_machines_and_qemus_user(recorded: Path) -> None:
    told = parse_capabilities((recorded / "capabilities.xml").read_bytes())
    series = QEMU_SERIES[recorded.name]
    assert told.machines == {"pc": f"pc-i440fx-{series}", "q35": f"pc-q35-{series}"}
    assert told.owner == (64055, 64055)
    assert told.mandatory_access == "none"
    assert not told.iommu


@pytest.mark.parametrize("model", ["apparmor", "selinux"])
def test_capabilities_tell_the_mandatory_access_control(model: str) -> None:
    xml = f"<capabilities><host><iommu support='yes'/><secmodel><model>{model}</model></secmodel></host></capabilities>"
    told = parse_capabilities(xml.encode())
    assert told.mandatory_access == model
    assert told.iommu
    assert told.owner is None


@pytest.mark.parametrize("xml", [b"", b"<capabilities>", b"<domain/>", b"\xff"])
def test_what_is_no_capabilities_document_is_refused(xml: bytes) -> None:
    with pytest.raises(ValueError, match="capabilities"):
        parse_capabilities(xml)


def test_versions_are_those_of_the_daemon_and_its_tools(recorded: Path) -> None:
    versions = (recorded / "virsh-version.txt").read_text()
    assert parse_libvirt_version(versions) == LIBVIRT[recorded.name]
    assert parse_version((recorded / "nft-version.txt").read_text()) == NFT[recorded.name]
    assert parse_version("6.12.41+deb13-amd64") == (6, 12, 41)
    assert parse_version("no number") == ()
    assert parse_libvirt_version("Using library: libvirt 9.0.0") == ()


def test_firmware_prefers_enrolled_keys_and_keeps_plain_builds(recorded: Path) -> None:
    files = {path.name: path.read_bytes() for path in (recorded / "firmware").iterdir()}
    secure, blank, plain = parse_firmware(files)
    assert (secure.code, secure.secure) == ("/usr/share/OVMF/OVMF_CODE_4M.ms.fd", True)
    assert (blank.template, blank.secure) == ("/usr/share/OVMF/OVMF_VARS_4M.fd", True)
    assert (plain.code, plain.secure) == ("/usr/share/OVMF/OVMF_CODE_4M.fd", False)


@pytest.mark.parametrize("text", [b"", b"[]", b"{}", b'{"targets": [7]}', b'{"targets": [], "mapping": null}'])
def test_an_unfinished_firmware_descriptor_is_left_out(text: bytes) -> None:
    assert parse_firmware({"10-mine.json": text}) == ()


def test_nics_are_all_interfaces_but_loopback_and_our_own(recorded: Path) -> None:
    text = (recorded / "ip-addr.json").read_text()
    nics = {nic.name: nic for nic in parse_nics(text, {})}
    assert sorted(nics) == ["br0", "v0", "v1"]  # without loopback and Ringfence's own bridge
    assert nics["br0"].addresses == ("10.11.12.13/24",)
    assert nics["v0"].addresses == ("2001:db8::5/64",)  # the link-local one is nobody's to clash with
    assert nics["v0"].up
    assert "rfzone-abcdef" in link_numbers(text)


def test_memory_and_processors_are_counted() -> None:
    told = parse_meminfo((RECORDED / "debian12/meminfo.txt").read_text())
    assert told["MemTotal"] > told["MemAvailable"] > 0
    assert numa_node(1, "0-3,8\n", "Node 1 MemTotal:  2097152 kB\n").cores == (0, 1, 2, 3, 8)
    assert numa_node(1, "", "Node 1 MemTotal:  2097152 kB\n").memory_mib == 2048
    assert parse_cpu_list("\n") == ()


@given(st.sets(st.integers(0, 4096)))
def test_a_written_cpu_list_reads_back(cores: set[int]) -> None:
    assert parse_cpu_list(",".join(map(str, sorted(cores)))) == tuple(sorted(cores))


def test_foreign_forward_chains_are_found_and_own_ones_left_out(recorded: Path) -> None:
    chains = parse_forward_chains((recorded / "nft-chains.json").read_text())
    assert [(chain.table, chain.policy) for chain in chains] == [("filter", "drop"), ("firewalld", "accept")]
    assert ends_in_drop((recorded / "nft-firewalld.json").read_text())
    assert not ends_in_drop((recorded / "nft-docker.json").read_text())  # no rule: its policy tells
    assert legacy_drops((recorded / "iptables-legacy.txt").read_text())
    assert not legacy_drops("-P FORWARD ACCEPT\n")


def test_a_conditional_drop_at_the_end_drops_not_everything() -> None:
    rule = '{"rule": {"expr": [{"match": {}}, {"drop": null}]}}'
    assert not ends_in_drop(f'{{"nftables": [{rule}]}}')
    assert ends_in_drop('{"nftables": [{"rule": {"expr": [{"counter": {}}, {"drop": null}]}}]}')


def test_features_are_read_from_the_script_that_names_them() -> None:
    assert parse_features("veth\nnft-bridge\n\nsh: odd: not found\n") == {"veth", "nft-bridge"}
    script = feature_script()
    assert "try veth " in script
    assert "try nft-bridge-conntrack nft " in script
