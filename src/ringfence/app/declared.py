# SPDX-License-Identifier: Apache-2.0
"""Names that a site file declares, read without judging the file: for completion, and while somebody edits it."""

from __future__ import annotations

from pathlib import Path

from ringfence.base.names import is_name
from ringfence.site.tree import Value
from ringfence.site.yaml12 import parse

LARGEST = 4 * 1024 * 1024


def site_name(path: Path) -> str | None:
    """Return the name of the site; None where the file has none that could be one."""
    about = _child(_top(path), "site")
    name = _child(about, "name")
    return name if isinstance(name, str) and is_name(name) else None


def declared_names(path: Path, section: str) -> tuple[str, ...]:
    """Return the names in ``workloads``, ``conduits`` or another section; empty where nothing can be read."""
    held = _child(_top(path), section)
    return tuple(sorted(filter(is_name, held))) if isinstance(held, dict) else ()


def dormant_conduits(path: Path) -> tuple[str, ...]:
    """Return the names of the conduits that say ``dormant: true``."""
    held = _child(_top(path), "conduits")
    names = declared_names(path, "conduits")
    return tuple(name for name in names if _child(_child(held, name), "dormant") is True)


def _top(path: Path) -> Value:
    try:
        with path.open("rb") as stream:
            tree, _ = parse(stream.read(LARGEST), str(path))
    except OSError:
        return None
    return tree.value if tree else None


def _child(node: Value, key: str) -> Value:
    return node.get(key) if isinstance(node, dict) else None
