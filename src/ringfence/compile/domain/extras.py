# SPDX-License-Identifier: Apache-2.0
"""The other devices: serial console, agent, entropy, watchdog, screen; and an explicit none for all else."""

from __future__ import annotations

from lxml import etree

from .machine import Machine, put_pci
from .passed import put_passed, put_usb

AGENT = "org.qemu.guest_agent.0"
SCREEN_SLOT = {"q35": 1, "pc": 2}
"""Where libvirt keeps the primary screen on each chipset."""

PS2_SWITCH = (10, 7, 0)
"""First libvirt with <ps2 state='off'/> (libvirt's release notes, v10.7.0)."""


def put_extras(devices: etree._Element, machine: Machine) -> None:
    """Add what the workload lists, and say none to what libvirt would add by itself."""
    _put_console(devices, machine)
    put_passed(devices, machine)
    if machine.has("guest-agent"):
        _put_agent(devices, machine)
    if not ps2_off(machine):
        _put_ps2(devices)
    if machine.workload.display == "vnc":
        _put_screen(devices, machine)
    etree.SubElement(devices, "audio", id="1", type="none")
    if machine.has("watchdog"):
        watchdog = etree.SubElement(devices, "watchdog", model="i6300esb", action="reset")
        machine.place(watchdog, "watchdog")
    etree.SubElement(devices, "memballoon", model="none")
    if machine.has("rng"):
        _put_entropy(devices, machine)


def ps2_off(machine: Machine) -> bool:
    """Tell whether keyboard and mouse can be left out: nobody looks at a screen and libvirt has the switch."""
    return machine.workload.display == "none" and machine.libvirt >= PS2_SWITCH


def put_buses(devices: etree._Element, machine: Machine) -> None:
    """Add the root bus and, unless a USB device is listed, explicitly no USB."""
    root = "pcie-root" if machine.workload.chipset == "q35" else "pci-root"
    etree.SubElement(devices, "controller", type="pci", index="0", model=root)
    if machine.has("usb"):
        put_usb(devices, machine)
    else:
        etree.SubElement(devices, "controller", type="usb", index="0", model="none")


def _put_console(devices: etree._Element, machine: Machine) -> None:
    for tag in ("serial", "console"):
        found = etree.SubElement(devices, tag, type="pty")
        etree.SubElement(found, "log", file=machine.places.console_log(machine.workload.name), append="on")
        if tag == "serial":
            target = etree.SubElement(found, "target", type="isa-serial", port="0")
            etree.SubElement(target, "model", name="isa-serial")
        else:
            etree.SubElement(found, "target", type="serial", port="0")


def _put_ps2(devices: etree._Element) -> None:
    """Name what the chipset has anyway, so that libvirt adds nothing to the definition."""
    for kind in ("mouse", "keyboard"):
        etree.SubElement(devices, "input", type=kind, bus="ps2")


def _put_agent(devices: etree._Element, machine: Machine) -> None:
    controller = etree.SubElement(devices, "controller", type="virtio-serial", index="0")
    machine.place(controller, "serial")
    channel = etree.SubElement(devices, "channel", type="unix")
    etree.SubElement(channel, "target", type="virtio", name=AGENT)
    etree.SubElement(channel, "address", type="virtio-serial", controller="0", bus="0", port="1")


def _put_screen(devices: etree._Element, machine: Machine) -> None:
    """VNC on a unix socket in libvirt's folder of the running domain: it has no TCP port."""
    graphics = etree.SubElement(devices, "graphics", type="vnc")
    etree.SubElement(graphics, "listen", type="socket")
    video = etree.SubElement(devices, "video")
    etree.SubElement(video, "model", type="vga", vram="16384", heads="1", primary="yes")
    put_pci(video, SCREEN_SLOT[machine.workload.chipset])


def _put_entropy(devices: etree._Element, machine: Machine) -> None:
    rng = etree.SubElement(devices, "rng", model="virtio")
    etree.SubElement(rng, "backend", model="random").text = "/dev/urandom"
    machine.place(rng, "rng")
