# SPDX-License-Identifier: Apache-2.0
"""A host's /sys, /proc and /dev as they were written down: a line a file, ``PATH = TEXT`` or ``PATH -> TARGET``."""

from __future__ import annotations

from pathlib import Path

RECORDED = Path(__file__).parent / "recorded"


def plant_tree(name: str, root: Path) -> Path:
    """Make the files and links of a recorded tree below ``root``."""
    for line in (RECORDED / f"{name}.tree").read_text(encoding="utf-8").splitlines():
        if not line or line.startswith("#"):
            continue
        if " -> " in line:
            path, target = line.split(" -> ")
            _made(root / path).symlink_to(target)
        else:
            path, _, text = line.partition(" = ")
            _made(root / path).write_text(text.replace("\\n", "\n") + "\n", encoding="utf-8")
    return root


def _made(path: Path) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    return path
