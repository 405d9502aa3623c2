# SPDX-License-Identifier: Apache-2.0
"""A parsed file: plain Python values, and the place of every key and value in the text."""

from __future__ import annotations

from array import array
from collections.abc import Iterator, Mapping, Sequence

from ringfence.base.addresses import Address
from ringfence.base.marks import Mark

from .scalar import Scalar


class Broken:
    """Stands where a value could not be read; its problem has been told already."""


Value = Scalar | Broken | list["Value"] | dict[str, "Value"]
Path = tuple[str | int, ...]
"""Keys and indices from the top of the file: ``("workloads", "scada", "disks", 0, "size")``."""

_LINE = 1 << 32

SECTIONS = {
    "hosts": "host",
    "zones": "zone",
    "assets": "asset",
    "uplinks": "uplink",
    "services": "service",
    "profiles": "profile",
    "images": "image",
    "workloads": "workload",
    "conduits": "conduit",
    "exceptions": "exception",
}
"""Sections of the file and the kind of what they hold, as addresses name it."""

_KINDS = {kind: section for section, kind in SECTIONS.items()}


def pack(line: int, column: int) -> int:
    """Line and column (from 0) as one number: a large file has hundreds of thousands of them."""
    return line * _LINE + column


class Tree:
    """``value`` and, by identity of each mapping and list in it, the packed places of its keys and values."""

    __slots__ = ("_order", "_places", "_root", "file", "value")

    def __init__(self, value: Value, file: str, root: int, places: Mapping[int, array[int]]) -> None:
        self.value = value
        self.file = file
        self._root = root
        self._places = places
        self._order: dict[int, dict[str | int, int]] = {}

    def get(self, path: Path) -> Value:
        """Value at a path. Raises KeyError where there is none."""
        node = self.value
        for step in path:
            node = self._child(node, step)
        return node

    def _child(self, node: Value, step: str | int) -> Value:
        if isinstance(node, dict) and isinstance(step, str):
            return node[step]
        if isinstance(node, list) and isinstance(step, int) and 0 <= step < len(node):
            return node[step]
        raise KeyError(step)

    def within(self, loc: Sequence[str | int]) -> Path:
        """Follow ``loc`` as far as it leads, leaving out steps that lead nowhere."""
        path: list[str | int] = []
        node = self.value
        for step in loc:
            try:
                node = self._child(node, step)
            except KeyError:
                continue
            path.append(step)
        return tuple(path)

    def key_mark(self, path: Path) -> Mark:
        """Place of the key at a path; of the value where it has none, of what is around it where there is nothing."""
        return self._mark(path, 0)

    def value_mark(self, path: Path) -> Mark:
        """Place of the value at a path; of what is around it where there is nothing."""
        return self._mark(path, 1)

    def _mark(self, path: Path, side: int) -> Mark:
        found = self._root
        node = self.value
        for depth, step in enumerate(path):
            position = self._positions(node).get(step)
            if position is None:
                break
            last = depth == len(path) - 1
            found = self._places[id(node)][2 * position + (side if last else 0)]
            node = self._child(node, step)
        line, column = divmod(found, _LINE)
        return Mark(self.file, line + 1, column + 1)

    def _positions(self, node: Value) -> dict[str | int, int]:
        """Position of each key or index among its neighbours, kept: large mappings are asked often."""
        if not isinstance(node, (dict, list)):
            return {}
        known = self._order.get(id(node))
        if known is None:
            steps: Sequence[str | int] = list(node) if isinstance(node, dict) else range(len(node))
            known = self._order[id(node)] = {step: position for position, step in enumerate(steps)}
        return known


class Marks(Mapping[Address, Mark]):
    """Places by address: ``conduit/x``, ``conduit/x#expires``. Looked up when asked, as a large site has 100,000."""

    __slots__ = ("_tree",)

    def __init__(self, tree: Tree) -> None:
        self._tree = tree

    def __getitem__(self, of: Address) -> Mark:
        thing, _, field = of.partition("#")
        path = self._path(thing, tuple(field.split(".")) if field else ())
        self._tree.get(path)
        return self._tree.key_mark(path)

    def _path(self, thing: Address, fields: tuple[str, ...]) -> Path:
        kind, _, name = thing.partition("/")
        if kind in SECTIONS:
            raise KeyError(thing)  # sections go by the kind of what they hold
        section = _KINDS.get(kind, kind)
        steps: list[str | int] = [section, name, *fields] if name else [section, *fields]
        return tuple(int(s) if isinstance(s, str) and s.isdigit() and s.isascii() else s for s in steps)

    def __iter__(self) -> Iterator[Address]:
        top = self._tree.value
        for section, held in top.items() if isinstance(top, dict) else ():
            kind = SECTIONS.get(section, section)
            yield kind
            for name, fields in held.items() if isinstance(held, dict) and section in SECTIONS else ():
                yield (thing := f"{kind}/{name}")
                yield from (f"{thing}#{key}" for key in fields) if isinstance(fields, dict) else ()

    def __len__(self) -> int:
        return sum(1 for _ in self)

    def __reduce__(self) -> tuple[type[dict[Address, Mark]], tuple[dict[Address, Mark]]]:
        return dict, (dict(self),)  # places are kept by identity, which no copy keeps
