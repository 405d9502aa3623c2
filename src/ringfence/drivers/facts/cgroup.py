# SPDX-License-Identifier: Apache-2.0
"""Reads the control groups of a process."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from pathlib import Path, PurePosixPath

from ringfence.facts.cgroup import CgroupFacts
from ringfence.facts.unseen import Unseen
from ringfence.observe.cgroups import WANTED, Level, cgroup_facts, parse_cgroups, places

from .seeing import seen
from .tree import Folder, Tree

Programs = Callable[[Path], int]


def read_cgroup(tree: Tree, folder: Folder, domain: str, programs: Programs) -> CgroupFacts:
    """Return what a process's groups allow it. Raises OSError, ValueError."""
    paths = parse_cgroups(folder.read("cgroup"))
    found = tuple(places(paths, tree.read("proc/self/mountinfo")))
    unified = next((place.folders[0] for place in found if not place.controller), None)
    levels = tuple(_level(tree, place.controller, one) for place in found for one in place.folders)
    return cgroup_facts(paths, levels, _judged(tree, unified, programs), domain)


def _judged(tree: Tree, folder: PurePosixPath | None, programs: Programs) -> int | Unseen:
    if folder is None:
        return 0  # without the unified hierarchy there are no such programs
    return seen("the programs that judge its devices", lambda: programs(tree.path(str(folder))))


def _level(tree: Tree, controller: str, folder: PurePosixPath) -> Level:
    return Level(controller, dict(_files(tree, controller, folder)))


def _files(tree: Tree, controller: str, folder: PurePosixPath) -> Iterator[tuple[str, str]]:
    for name in WANTED[controller]:
        with contextlib.suppress(FileNotFoundError):  # most groups lack most files
            yield name, tree.text(f"{folder}/{name}")
