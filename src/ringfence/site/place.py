# SPDX-License-Identifier: Apache-2.0
"""Where in the file the fields of a resolved thing were written: short ways to write it have other places."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TypeVar, cast

from .tree import Path, Tree
from .workload import Workload

T = TypeVar("T")


def as_written(tree: Tree, section: str, things: Mapping[str, T]) -> Iterator[T]:
    """Things of a section in the order of the file: of two that clash, the second one is told."""
    for name in cast("Mapping[str, object]", tree.get((section,))) if things else ():
        if name in things:
            yield things[name]


def interface(tree: Tree, workload: str, index: int, field: str) -> Path:
    """Path of a field of a workload's interface, which may be written in the workload itself."""
    whole: Path = ("workloads", workload)
    listed: Path = (*whole, "interfaces", index, field)
    return listed if _has(tree, (*whole, "interfaces")) else (*whole, field)


def member(tree: Tree, path: Path, index: int) -> Path:
    """Path of a member of a list; of the list where one thing stands there without brackets."""
    return (*path, index) if _has(tree, (*path, index)) else path


def _has(tree: Tree, path: Path) -> bool:
    try:
        tree.get(path)
    except KeyError:
        return False
    return True


def disk(tree: Tree, workload: str, index: int) -> Path:
    """Path of a workload's disk."""
    whole: Path = ("workloads", workload)
    short = _has(tree, (*whole, "image"))
    return (*whole, "image") if short and index == 0 else (*whole, "disks", index - short)


def images(tree: Tree, workload: Workload) -> Iterator[tuple[Path, str]]:
    """Paths and names of a workload's images."""
    for index, one in enumerate(workload.disks):
        if one.image is not None:
            path = disk(tree, workload.name, index)
            yield (path if path[-1] == "image" else (*path, "image")), one.image
