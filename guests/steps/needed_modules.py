# SPDX-License-Identifier: Apache-2.0
"""Prints the standard library's files that the guests' Python programs can import, one path a line.

Runs on the guests' own Python, never on the host's. Arguments: the standard library's folder, the repository's root.
"""

from __future__ import annotations

import sys
from modulefinder import ModuleFinder
from pathlib import Path

# Imported by name at run time, where no import statement can be read.
IMPLIED = ("encodings.ascii", "encodings.idna", "encodings.latin_1", "encodings.utf_8", "signal", "traceback")

# Never reached by the guests' programs, though their libraries mention them: encryption, processes, archives, tests.
UNREACHED = [
    "_hashlib",
    "_ssl",
    "ssl",
    "bz2",
    "lzma",
    "tarfile",
    "zipfile",
    "subprocess",
    "multiprocessing",
    "concurrent",
    "unittest",
    "doctest",
    "pdb",
    "pydoc",
    "tkinter",
    "curses",
    "readline",
    "ctypes",
    "sqlite3",
    "asyncio",
    "xml",
    "xmlrpc",
    "distutils",
    "ftplib",
    "webbrowser",
    "cgi",
    "gettext",
    "nturl2path",
]


def needed(library: Path, repository: Path) -> list[str]:
    """Answer paths relative to ``library``, sorted."""
    finder = ModuleFinder([str(library), str(library / "lib-dynload")], excludes=UNREACHED)
    for source in sorted((repository / "guests" / "roles").glob("*/*.py")):
        finder.run_script(str(source))  # reads the script, does not run it
    for name in IMPLIED:
        finder.import_hook(name)
    names = (getattr(module, "__file__", None) for module in finder.modules.values())
    files = [Path(name) for name in names if name]
    return sorted(str(file.relative_to(library)) for file in files if file.is_relative_to(library))


if __name__ == "__main__":
    print("\n".join(needed(Path(sys.argv[1]).resolve(), Path(sys.argv[2]).resolve())))
