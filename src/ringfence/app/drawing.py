# SPDX-License-Identifier: Apache-2.0
"""Use case: keep a site's picture in a file."""

from __future__ import annotations

from pathlib import Path

from ringfence.base.errors import Refused
from ringfence.messages.files import FilesWritten

from .site_file import SiteFile
from .zone_picture import zone_picture


def write_picture(file: SiteFile, path: Path) -> FilesWritten:
    """Draw a site into ``path``. Raises Refused when it cannot be written."""
    write_text(zone_picture(file.site), path)
    return FilesWritten(file.site.name, (str(path),))


def require_place(path: Path) -> None:
    """Raise Refused where a picture could not be written, before anybody waits for it."""
    new = not path.exists()
    try:
        path.open("a", encoding="utf-8").close()
    except OSError as error:
        raise _refused(path, error) from error
    if new:
        path.unlink()


def write_text(picture: str, path: Path) -> None:
    """Write a picture that is drawn already. Raises Refused when it cannot be written."""
    try:
        path.write_text(picture, encoding="utf-8")
    except OSError as error:
        raise _refused(path, error) from error


def _refused(path: Path, error: OSError) -> Refused:
    return Refused(f"{path} cannot be written: {error.strerror}.", "Name another file with --out FILE.")
