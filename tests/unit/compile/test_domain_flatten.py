# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from ringfence.base.errors import BadInput
from ringfence.compile.part.flatten import flatten, parse

from .domain_cases import VERSIONS, WORKLOADS, compiled


def parts(xml: str) -> dict[str, str]:
    return flatten(parse(f"<domain>{xml}</domain>"))


def test_elements_are_keyed_by_what_identifies_them() -> None:
    found = parts(
        "<devices><disk type='file'><target dev='vda'/></disk><disk type='file'><target dev='vdb'/><readonly/></disk>"
        "<interface><mac address='52:54:00:00:00:01'/></interface></devices>"
    )
    assert found == {
        "devices/disk[vda]@type": "file",
        "devices/disk[vda]/target@dev": "vda",
        "devices/disk[vdb]@type": "file",
        "devices/disk[vdb]/target@dev": "vdb",
        "devices/disk[vdb]/readonly": "present",
        "devices/interface[52:54:00:00:00:01]/mac@address": "52:54:00:00:00:01",
    }


@pytest.mark.parametrize(
    ("xml", "value"),
    [
        ("<memory unit='KiB'>196608</memory>", "192 MiB"),
        ("<memory unit='MiB'>192</memory>", "192 MiB"),
        ("<memory unit='GiB'>1</memory>", "1024 MiB"),
        ("<memory unit='b'>1024</memory>", "1 KiB"),
        ("<memory unit='KiB'>1025</memory>", "1025 KiB"),
    ],
)
def test_sizes_have_one_unit(xml: str, value: str) -> None:
    assert parts(xml) == {"memory": value}


def test_addresses_are_one_part() -> None:
    pci = "<address type='pci' domain='0x0000' bus='0x00' slot='0x1f' function='0x2'/>"
    drive = "<address type='drive' controller='0' bus='0' target='0' unit='1'/>"
    assert parts(pci) == {"address": "pci 0000:00:1f.2"}
    assert parts(drive) == {"address": "drive bus=0 controller=0 target=0 unit=1"}
    assert parts(pci.replace("/>", " multifunction='on'/>")) == {"address": "pci 0000:00:1f.2 multifunction=on"}


def test_a_second_device_of_the_same_identity_is_another_part() -> None:
    assert set(parts("<input type='mouse' bus='ps2'/><input type='mouse' bus='ps2'/>")) == {
        "input[mouse-ps2]@type",
        "input[mouse-ps2]@bus",
        "input[mouse-ps2]#2@type",
        "input[mouse-ps2]#2@bus",
    }


def test_nothing_can_be_hidden_from_the_parts() -> None:
    """Whatever a hand adds shows: an element, an attribute, a text, a foreign namespace."""
    plain = parts("<os><type>hvm</type></os>")
    qemu = "<q:commandline xmlns:q='http://libvirt.org/schemas/domain/qemu/1.0'><q:arg value='-s'/></q:commandline>"
    for more in ("<os><type>hvm</type><kernel>/x</kernel></os>", "<os><type a='b'>hvm</type></os>"):
        assert parts(more).items() - plain.items()
    assert parts(f"<os><type>hvm</type></os>{qemu}") == {**plain, "commandline/arg@value": "-s"}


@pytest.mark.parametrize("case", WORKLOADS)
def test_the_order_of_devices_never_matters(case: str) -> None:
    root = parse(compiled(case, VERSIONS["9.0"]).body)
    before, devices = flatten(root), root.find("devices")
    assert devices is not None
    devices[:] = [*list(devices)[1::2], *list(devices)[::2]]
    assert flatten(root) == before


@pytest.mark.parametrize("xml", ["", "no xml", "<a>", "<a>\x00</a>", '<!DOCTYPE a SYSTEM "x"><a>&b;</a>'])
def test_what_is_no_xml_is_said_to_be_none(xml: str) -> None:
    with pytest.raises(BadInput):
        parse(xml)


def test_entities_are_not_expanded() -> None:
    bomb = '<!DOCTYPE a [<!ENTITY x "boom"><!ENTITY f SYSTEM "file:///etc/passwd">]><a>&x;&f;</a>'
    with pytest.raises(BadInput):
        parse(bomb)


@given(st.recursive(st.text("ab", min_size=1, max_size=2), lambda inner: st.lists(inner, max_size=3), max_leaves=12))
def test_every_leaf_has_a_key_of_its_own(tree: object) -> None:
    root = etree.Element("domain")
    leaves = _grow(root, tree)
    assert len(flatten(root)) == leaves


def _grow(parent: etree._Element, tree: object) -> int:
    if isinstance(tree, str):
        etree.SubElement(parent, "e").text = tree
        return 1
    assert isinstance(tree, list)
    child = etree.SubElement(parent, "e")
    return sum(_grow(child, inner) for inner in tree) or 1
