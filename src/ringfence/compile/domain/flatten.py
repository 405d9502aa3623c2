# SPDX-License-Identifier: Apache-2.0
"""libvirt XML as keyed parts: ``devices/disk[vda]/driver@cache`` is ``none``.

Elements that may come several times are keyed by what identifies them (a disk by its target, an interface by its
MAC), so that order never matters; sizes have one unit; an address is one part. Nothing is left out: what libvirt
adds is judged by the tolerance (tolerated.py), not here.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator

from lxml import etree

from ringfence.base.errors import BadInput

Identity = Callable[[etree._Element], str]  # noqa: SLF001 - lxml has no public name for its elements

PRESENT = "present"
_SIZES = {
    "b": 1,
    "bytes": 1,
    "KB": 1000,
    "k": 1024,
    "KiB": 1024,
    "M": 1024**2,
    "MiB": 1024**2,
    "G": 1024**3,
    "GiB": 1024**3,
}
_SIZED = frozenset({"memory", "currentMemory", "maxMemory"})


def parse(xml: str) -> etree._Element:
    """Parse a libvirt document without entities, network or huge trees. Raises BadInput."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True, remove_comments=True, remove_pis=True)
    try:
        root = etree.fromstring(xml.encode(), parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise _no_definition() from error
    if root.getroottree().docinfo.internalDTD is not None:
        raise _no_definition()  # an entity could hide what it stands for
    return root


def _no_definition() -> BadInput:
    return BadInput("A domain's definition is no plain XML.", "Look at it with 'virsh dumpxml' and define it anew.")


def flatten(root: etree._Element) -> dict[str, str]:
    """Return the parts below a domain's root element; the root's own attributes too."""
    parts = {f"@{name}": value for name, value in _attributes(root)}
    for child, key in keyed(root):
        parts.update(_parts(child, key))
    return parts


def _parts(element: etree._Element, key: str) -> Iterator[tuple[str, str]]:
    if element.tag == "address":
        yield key, _address(element)
        return
    text = (element.text or "").strip()
    sized = element.tag in _SIZED and "unit" in element.attrib
    yield from ((f"{key}@{name}", value) for name, value in _attributes(element) if not (sized and name == "unit"))
    if text:
        yield key, _size(text, element.get("unit", "KiB")) if sized else text
    elif not len(element) and not element.attrib:
        yield key, PRESENT
    for child, name in keyed(element):
        yield from _parts(child, f"{key}/{name}")


def keyed(parent: etree._Element) -> Iterator[tuple[etree._Element, str]]:
    """Each child with its key among its siblings; equal keys are told apart by a count."""
    children = list(parent.iterchildren("*"))
    seen: Counter[str] = Counter()
    several = Counter(str(child.tag) for child in children)
    for child in children:
        name = _name(child, several[str(child.tag)] > 1)
        seen[name] += 1
        yield child, name if seen[name] == 1 else f"{name}#{seen[name]}"


def _name(element: etree._Element, several: bool) -> str:  # noqa: FBT001 - private, one caller
    tag = _local(str(element.tag))
    identity = _IDENTITIES.get(tag)
    if identity is not None and element.getparent() is not None:
        return f"{tag}[{identity(element)}]"
    return f"{tag}[]" if several else tag


def _attributes(element: etree._Element) -> list[tuple[str, str]]:
    return [(_local(str(name)), str(value)) for name, value in element.attrib.items()]


def _local(name: str) -> str:
    return name.rsplit("}", 1)[-1]


def _attribute(path: str, name: str) -> Identity:
    def identity(element: etree._Element) -> str:
        found = element if path == "." else element.find(path)
        return "" if found is None else str(found.get(name, ""))

    return identity


def _joined(*identities: Identity) -> Identity:
    return lambda element: "-".join(filter(None, (identity(element) for identity in identities)))


def _hostdev(element: etree._Element) -> str:
    """Return the PCI or USB address, or the USB device's vendor and product."""
    source = element.find("source")
    if source is None:
        return ""
    found = source.find("address")
    return _address(found) if found is not None else ":".join(str(child.get("id", "")) for child in source)


_IDENTITIES: dict[str, Identity] = {
    "disk": _attribute("target", "dev"),
    "interface": _attribute("mac", "address"),
    "controller": _joined(_attribute(".", "type"), _attribute(".", "index")),
    "channel": _attribute("target", "name"),
    "serial": _attribute("target", "port"),
    "console": _attribute("target", "port"),
    "graphics": _attribute(".", "type"),
    "input": _joined(_attribute(".", "type"), _attribute(".", "bus")),
    "hostdev": _hostdev,
    "audio": _attribute(".", "id"),
    "seclabel": _attribute(".", "model"),
    "feature": _attribute(".", "name"),
    "timer": _attribute(".", "name"),
    "entry": _attribute(".", "name"),
    "listen": _attribute(".", "type"),
    "watchdog": _attribute(".", "model"),
}


def _address(element: etree._Element) -> str:
    """One text for an address: ``pci 0000:00:05.0``, or its attributes in order of their names."""
    found = {str(name): str(value) for name, value in element.attrib.items()}
    kind = found.pop("type", "")
    if kind == "pci" or (not kind and "slot" in found):
        return _pci(kind or "pci", found)
    return " ".join([*([kind] if kind else []), *(f"{name}={_number(value)}" for name, value in sorted(found.items()))])


def _pci(kind: str, found: dict[str, str]) -> str:
    domain, bus, slot, function = (int(found.pop(name, "0"), 0) for name in ("domain", "bus", "slot", "function"))
    rest = [f"{name}={value}" for name, value in sorted(found.items())]
    return " ".join([kind, f"{domain:04x}:{bus:02x}:{slot:02x}.{function:x}", *rest])


def _number(value: str) -> str:
    return str(int(value, 16)) if value.startswith("0x") else value


def _size(text: str, unit: str) -> str:
    number = int(text) * _SIZES.get(unit, 1)
    return f"{number // 1024**2} MiB" if number % 1024**2 == 0 else f"{number // 1024} KiB"


def without(parts: Iterable[tuple[str, str]], prefixes: tuple[str, ...]) -> dict[str, str]:
    """Return parts whose key begins with none of ``prefixes``."""
    return {key: value for key, value in parts if not key.startswith(prefixes)}
