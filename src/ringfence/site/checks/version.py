# SPDX-License-Identifier: Apache-2.0
"""The version of the form of file, and whether the file is a site file at all."""

from __future__ import annotations

from ringfence.site.codes import Code
from ringfence.site.declared.refusal import show
from ringfence.site.problems import Problems

VERSION = 1


def is_other_version(problems: Problems) -> bool:
    """Tell the problem and True where the rest of the file would be misread: it is not a site file of version 1."""
    top = problems.tree.value
    if not isinstance(top, dict):
        fix = f"Begin it with 'ringfence: {VERSION}'; 'ringfence init' writes a first one."
        problems.add(Code.TYPE, (), "The file is not a mapping of keys and values.", fix)
        return True
    version = top.get("ringfence")
    if "ringfence" not in top:
        fix = f"Begin the file with 'ringfence: {VERSION}'."
        problems.add(Code.VERSION, ("ringfence",), "The file does not say its version.", fix, key=True)
    elif version != VERSION or isinstance(version, (bool, float)):
        fix = f"Write 'ringfence: {VERSION}', or use a Ringfence that reads this version."
        problems.add(Code.VERSION, ("ringfence",), f"Version {show(version)} of the file is not known.", fix)
    else:
        return False
    problems.breaks(("ringfence",))
    return isinstance(version, int) and not isinstance(version, bool)
