# SPDX-License-Identifier: Apache-2.0
"""What a server's buses hold, read from a tree as sysfs shows it: this project's own test machines have none of it."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.unit.drivers.trees import plant_tree

from ringfence.drivers.host.devices import has_vfio, host_devices
from ringfence.drivers.host.sysfs import Sysfs
from ringfence.facts.device import HostDevices, PciDevice, SerialPort, UsbDevice


@pytest.fixture
def server(tmp_path: Path) -> Sysfs:
    return Sysfs(plant_tree("debian12-server", tmp_path))


@pytest.fixture
def devices(server: Sysfs) -> HostDevices:
    return host_devices(server)


def test_pci_devices_have_group_driver_parent_and_what_they_are(devices: HostDevices) -> None:
    assert [one.address for one in devices.pci] == sorted(one.address for one in devices.pci)
    assert devices.pci_at("0000:01:00.1") == PciDevice(
        "0000:01:00.1", "8086", "1572", "020000", "i40e", 15, links=("eno2",)
    )
    function = devices.pci_at("0000:01:06.0")
    assert function is not None
    assert (function.parent, function.driver, function.group) == ("0000:01:00.1", "vfio-pci", 40)
    bridge, screen = devices.pci_at("0000:00:1c.0"), devices.pci_at("0000:00:02.0")
    assert bridge is not None
    assert bridge.is_bridge
    assert screen is not None
    assert (screen.driver, screen.is_bridge) == ("", False)
    assert devices.pci_at("0000:ff:00.0") is None


def test_a_disk_is_in_use_when_it_is_mounted_swapped_to_or_built_upon(devices: HostDevices) -> None:
    disk = devices.pci_at("0000:00:1d.0")
    assert disk is not None
    assert disk.disks == ("nvme0n1p1", "nvme0n1p2", "nvme0n1p3", "nvme0n1p4")


def test_usb_devices_are_told_by_ids_serial_number_and_port(devices: HostDevices) -> None:
    assert [one.port for one in devices.usb] == ["1-1", "1-3.2", "1-3.4"]  # neither hubs nor interfaces
    assert devices.usb_like("0529", "0001", port="1-3.2") == (
        UsbDevice("1-3.2", "0529", "0001", "", "AKS HASP 2.17", 1, 7),
    )
    assert len(devices.usb_like("0529", "0001")) == 2
    assert [one.port for one in devices.usb_like("0403", "6001", "A50285BI")] == ["1-3.4"]
    assert devices.usb_like("0403", "6001", "other") == ()


def test_serial_lines_are_those_with_hardware_and_keep_their_names(devices: HostDevices) -> None:
    by_id = "/dev/serial/by-id/usb-FTDI_FT232R_USB_UART_A50285BI-if00-port0"
    by_path = "/dev/serial/by-path/pci-0000:00:14.0-usb-0:3.4:1.0-port0"
    assert devices.serial == (SerialPort("/dev/ttyS0"), SerialPort("/dev/ttyUSB0", (by_id, by_path)))
    assert devices.serial_at(by_id) == devices.serial_at("/dev/ttyUSB0")
    assert devices.serial_at("/dev/ttyS1") is None


def test_vfio_is_loaded_or_can_be(server: Sysfs, tmp_path: Path) -> None:
    assert has_vfio(server, "6.1.0-18-amd64")
    other = Sysfs(tmp_path / "other")
    assert not has_vfio(other, "6.1.0-18-amd64")
    (tmp_path / "other/lib/modules/6.1.0-18-amd64").mkdir(parents=True)
    (tmp_path / "other/lib/modules/6.1.0-18-amd64/modules.dep").write_text("kernel/drivers/vfio/pci/vfio-pci.ko: x\n")
    assert has_vfio(other, "6.1.0-18-amd64")


def test_a_machine_without_buses_has_nothing(tmp_path: Path) -> None:
    assert host_devices(Sysfs(tmp_path)) == HostDevices(at_all=True)
