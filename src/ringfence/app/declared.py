# SPDX-License-Identifier: Apache-2.0
"""Names that a site file declares, read without judging the file: for completion, and while somebody edits it."""

from __future__ import annotations

from pathlib import Path

from ringfence.base.names import is_name
from ringfence.site.tree import Value
from ringfence.site.yaml12 import parse

LARGEST = 4 * 1024 * 1024
"""Bytes that are read of a file to find its name."""
DORMANT = "dormant"
CUTTABLE = "cuttable"


def site_name(path: Path) -> str | None:
    """Return the name of the site; None where the file cannot be read or has none that could be one."""
    try:
        with path.open("rb") as stream:
            name = _child(_child(_top(stream.read(LARGEST)), "site"), "name")
    except OSError:
        return None
    return name if isinstance(name, str) and is_name(name) else None


def names_in(text: bytes, section: str) -> tuple[str, ...]:
    """Return the names in ``workloads``, ``conduits`` or another section.

    ``dormant`` are conduits that say so; ``cuttable`` are conduits and assets, with their kind where a name is both.
    """
    if section == CUTTABLE:
        return _cuttable(text)
    held = _child(_top(text), "conduits" if section == DORMANT else section)
    found = sorted(filter(is_name, held)) if isinstance(held, dict) else []
    if section == DORMANT:
        found = [name for name in found if _child(_child(held, name), "dormant") is True]
    return tuple(found)


def _cuttable(text: bytes) -> tuple[str, ...]:
    conduits, assets = set(names_in(text, "conduits")), set(names_in(text, "assets"))
    both = [f"{kind}/{name}" for name in conduits & assets for kind in ("asset", "conduit")]
    return tuple(sorted([*(conduits ^ assets), *both]))


def _top(text: bytes) -> Value:
    tree, _ = parse(text, "")
    return tree.value if tree else None


def _child(node: Value, key: str) -> Value:
    return node.get(key) if isinstance(node, dict) else None
