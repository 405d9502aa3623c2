# SPDX-License-Identifier: Apache-2.0
"""The frame of every boot script: POSIX sh, stops at the first failure, finds its files beside itself."""

from __future__ import annotations

from collections.abc import Iterable

_HEAD = """\
#!/bin/sh
# {title}
# Ringfence wrote this from the applied revision. A change made here is drift, and the next apply undoes it.
set -eu
PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
LC_ALL=C
export PATH LC_ALL
umask 022
cd -P "$(dirname "$0")"
"""


def script(title: str, sections: Iterable[str]) -> str:
    """Return a script; ``title`` is one sentence, each section ends in a new line."""
    return "\n".join([_HEAD.format(title=title), *(section for section in sections if section)])


def section(title: str, lines: str) -> str:
    """Return a section under its comment; nothing where there are no lines."""
    return f"# {title}\n{lines}" if lines.strip() else ""


def loading(rules: str, enter: str = "") -> str:
    """Return a command that loads a file of rules. nft 1.0.6 dies of a signal now and then: it gets a second chance.

    A file is one transaction that replaces all it names, so loading it twice is harmless.
    """
    once = f"{enter}nft -f {rules}"
    return f"{once} || {once}"
