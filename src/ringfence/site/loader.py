# SPDX-License-Identifier: Apache-2.0
"""Loads a site file: bytes in, a resolved site and everything that is wrong with the file out.

Rules: nothing is opened, run or looked up here; no bytes make this raise; time and memory are bounded (``yaml12``);
all problems of a file that is YAML are told together, in the order of the file.
"""

from __future__ import annotations

from collections.abc import Callable

from ringfence.base.diagnostics import Diagnostic

from .checks import check
from .checks.first_boot import user_data
from .checks.version import is_other_version
from .declared.validation import validate
from .problems import Problems
from .resolve.site import site as resolve
from .site import Site
from .yaml12 import parse

Read = Callable[[str], bytes]
"""Returns the content of a file below the site file's folder, given as an absolute path. Raises OSError."""


def load(
    text: bytes, file: str = "site.yaml", base: str = "/", read: Read | None = None
) -> tuple[Site | None, tuple[Diagnostic, ...]]:
    """Return the site, or None and why.

    ``file`` is shown in diagnostics; ``base`` is the absolute folder that relative image paths start from; ``read``
    gets the files that the site file names (``user_data_file``). A site comes without diagnostics and vice versa.
    """
    tree, unreadable = parse(text, file)
    if tree is None:
        return None, unreadable
    problems = Problems(tree, unreadable)
    if is_other_version(problems):
        return None, problems.diagnostics()
    form = validate(problems)
    if form is None:
        return None, problems.diagnostics()
    found = resolve(form, tree, base, user_data(form, problems, base, read))
    check(found, form, problems)
    return (None, problems.diagnostics()) if problems else (found, ())
