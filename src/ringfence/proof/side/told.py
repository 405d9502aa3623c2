# SPDX-License-Identifier: Apache-2.0
"""A side door in words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from ringfence.proof.flow import Door

from . import kind

_NOUNS: Final[Mapping[str, str]] = {
    kind.BASE: "an image that nobody can write to",
    kind.DISK: "a disk",
    kind.ISO: "an image of a CD or floppy disk",
    kind.SEED: "a seed",
    kind.FOLDER: "a folder of the host",
    kind.NVRAM: "a variable store",
    kind.AGENT: "the guest agent",
    kind.CONSOLE: "the serial console",
    kind.SERIAL: "a serial line",
    kind.CHANNEL: "a channel",
    kind.SCREEN: "a screen",
    kind.CLIPBOARD: "the clipboard of a viewer",
    kind.FILES: "files that a viewer hands over",
    kind.USB: "a USB device",
    kind.PCI: "a PCI device",
    kind.IOMMU: "an IOMMU group, within which devices reach one another",
    kind.SCSI: "a SCSI device",
    kind.TPM: "a TPM",
    kind.VSOCK: "a socket past the network (vsock)",
    kind.MEMORY: "shared memory",
    kind.ENTROPY: "a source of random numbers",
    kind.INPUT: "a keyboard, mouse or other input of the host",
    kind.SOUND: "sound",
    kind.GRAPHICS: "the host's graphics processor",
    kind.BALLOON: "a memory balloon",
    kind.SMARTCARD: "a smart card",
    kind.DEVICE: "a device",
    kind.DIRECT: "an interface past the fabric",
    kind.NETWORK: "an interface that is no port of a zone",
    kind.DHCP: "the address service",
    kind.DNS: "the name service",
    kind.CARD: "a network card that the host uses too",
    kind.MANAGEMENT: "the management plane",
}
_LED: Final[Mapping[str, str]] = {
    kind.COMMAND: "{source} runs with something past libvirt's own: {what}",
    kind.USER: "{source} runs as {what}, and can do on the host what that user can",
    kind.LEGS: "{whose} stands in {source} and in {target}, and is a way between them",
    kind.TIME: "{source} tells {target} who knows the time: {what}",
    kind.SCSI: "{source} may send any command to a SCSI device of {target}: {what}",
}
_SHARED: Final[Mapping[str, str]] = {
    kind.USER: "{source} and {target} run as {what}, and can open each other's files",
    kind.MEMORY: "{source} and {target} share a piece of memory: {what}",
}
_ENDS: Final[Mapping[str, str]] = {
    "workload": "workload '{}'",
    "leg": "zone '{}'",
    "uplink": "uplink '{}'",
    "wire": "uplink '{}'",
    "asset": "asset '{}'",
    "nic": "network card {}",
    "bridge": "bridge {}",
    "link": "link {}",
    "usb": "USB device {}",
    "pci": "PCI device {}",
    "serial": "serial line /{}",
}
_WHOLE: Final[Mapping[str, str]] = {"host": "the host", "router": "the router", "network": "the network"}


def sentence(door: Door) -> str:
    """Say what a door is, in a sentence: ``Workload 'a' and workload 'b' share a disk: /srv/x.qcow2.``."""
    source, target, what = end_words(door.source), end_words(door.target), door.what
    noun = _NOUNS.get(door.kind, f"something of the kind '{door.kind}'")
    both = door.source.startswith("workload/") and door.target.startswith("workload/")
    if own := (_SHARED if both else _LED).get(door.kind):
        words = own.format(source=source, target=target, what=what, whose=end_words(what))
    elif both:
        words = f"{source} and {target} share {noun}: {what}"
    elif door.kind in kind.DOWN:
        words = f"{source} reaches {target} by {noun}: {what}"
    else:
        words = f"{source} and {target} reach each other by {noun}: {what}"
    return begun(f"{_printable(words)}.")


def _printable(words: str) -> str:
    """Take out what would move a terminal's cursor: parts hold whatever somebody wrote into a definition."""
    return "".join(letter if letter.isprintable() else "\N{REPLACEMENT CHARACTER}" for letter in words)


def begun(words: str) -> str:
    """Return words as the beginning of a sentence; names in them stay as they are."""
    return words[:1].upper() + words[1:]


def end_words(end: str) -> str:
    """Say which end is meant."""
    form, _, name = end.partition("/")
    return _WHOLE.get(end) or _ENDS.get(form, f"{form} {{}}").format(name)
