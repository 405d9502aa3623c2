# SPDX-License-Identifier: Apache-2.0
"""Reading a site file from the disk; everything it says is judged in the site room."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path

from ringfence.base.diagnostics import Diagnostic, Severity
from ringfence.base.errors import BadInput
from ringfence.ports.store import Revision
from ringfence.site.codec import site_from_json
from ringfence.site.site import Site

from .beside import reader

LARGEST = 17 * 1024 * 1024
"""Bytes that are read: more than a site file may have (site/yaml12), so that it is told to be too large."""


@dataclass(frozen=True, slots=True)
class SiteFile:
    """A site that loads, the bytes it was read from, and their SHA-256."""

    path: Path
    text: bytes
    site: Site
    digest: str
    remarks: tuple[Diagnostic, ...] = ()


def read_site(path: Path) -> SiteFile:
    """Read and load a site file. Raises BadInput with every problem that was found, each with its place."""
    return site_of(_read(path), path)


def site_of(text: bytes, path: Path) -> SiteFile:
    """Load a site from bytes; ``path`` is used in messages and for relative paths. Raises BadInput."""
    from ringfence.site.loader import load

    folder = path.resolve().parent
    site, diagnostics = load(text, str(path), str(folder), reader(folder))
    errors = [found for found in diagnostics if found.severity is Severity.ERROR]
    if site is None or errors:
        problem = f"{path} has {_count(len(errors))}, and nothing was changed."
        raise BadInput(problem, "Mend the places named above and try again.", diagnostics)
    return SiteFile(path, text, site, hashlib.sha256(text).hexdigest(), diagnostics)


def kept_site(revision: Revision, beside: Path) -> SiteFile:
    """Return the site that a revision keeps. No file is read: what it named may be gone or changed since."""
    draft, path = revision.draft, beside / f"revision-{revision.number}.yaml"
    if not draft.site:
        return site_of(draft.site_text, path)
    return SiteFile(path, draft.site_text, site_from_json(draft.site), draft.site_digest)


def _count(errors: int) -> str:
    return "1 error" if errors == 1 else f"{errors} errors"


def _read(path: Path) -> bytes:
    try:
        with path.open("rb") as stream:
            return stream.read(LARGEST)
    except OSError as error:
        problem = f"The site file {path} cannot be read: {error.strerror}."
        raise BadInput(problem, "Name another file with --site FILE, or make one with 'ringfence init'.") from error
