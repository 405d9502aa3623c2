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
    parts = {f"@{_local(str(name))}": str(value) for name, value in root.items()}
    for child, key in keyed(root):
        _collect(child, key, parts)
    return parts


def flatten_child(child: etree._Element) -> dict[str, str]:
    """Return the parts of one element that stands once below the root."""
    parts: dict[str, str] = {}
    _collect(child, _local(str(child.tag)), parts)
    return parts


def _collect(element: etree._Element, key: str, parts: dict[str, str]) -> None:
    """Add an element's parts. A plain loop: a site of 2,000 workloads has half a million elements."""
    tag, attributes = element.tag, element.items()
    if tag == "address":
        parts[key] = _address(element)
        return
    text = (element.text or "").strip()
    sized = tag in _SIZED and element.get("unit") is not None
    for name, value in attributes:
        if not (sized and name == "unit"):
            parts[f"{key}@{_local(str(name))}"] = str(value)
    if text:
        parts[key] = _size(text, str(element.get("unit"))) if sized else text
    elif not attributes and not len(element):
        parts[key] = PRESENT
    for child, name in keyed(element):
        _collect(child, f"{key}/{name}", parts)


def keyed(parent: etree._Element) -> list[tuple[etree._Element, str]]:
    """Return each child with its key among its siblings; equal keys are told apart by a count."""
    named = [(child, _name(child)) for child in parent]
    if len(named) <= 1:
        return named
    counts = Counter([name for _, name in named])
    if len(counts) == len(named):
        return named
    return list(_counted(named))


def _counted(named: Iterable[tuple[etree._Element, str]]) -> Iterator[tuple[etree._Element, str]]:
    seen: Counter[str] = Counter()
    for child, name in named:
        seen[name] += 1
        yield child, name if seen[name] == 1 else f"{name}#{seen[name]}"


def _name(element: etree._Element) -> str:
    tag = _local(str(element.tag))
    identity = _IDENTITIES.get(tag)
    return tag if identity is None else f"{tag}[{identity(element)}]"


def _local(name: str) -> str:
    return name.rsplit("}", 1)[-1] if "}" in name else name


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
