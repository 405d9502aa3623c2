# SPDX-License-Identifier: Apache-2.0
"""Which site is meant, and a session on it: by its file, by its name, or the only one there is."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from ringfence.base.errors import BadInput
from ringfence.base.names import is_name
from ringfence.messages.progress import ProgressLine

from .declared import site_name
from .place import Place
from .session import Cancel, Session, open_session
from .site_file import SiteFile, kept_site, read_site
from .telling import Telling

Listen = Callable[[ProgressLine], None]


@dataclass(frozen=True, slots=True)
class Which:
    """``name`` wins over ``file``; without either, ./site.yaml, or the only site that was ever applied here."""

    file: Path | None = None
    name: str | None = None
    listen: Listen | None = None
    cancel: Cancel | None = None

    @property
    def path(self) -> Path:
        """Return the site file that is meant."""
        return self.file or Path("site.yaml")


def wanted_site(place: Place, which: Which) -> SiteFile:
    """Return what the site should be: its file, or with ``name`` its applied revision. Raises BadInput."""
    if which.name is None:
        return read_site(which.path)
    with open_applied(place, which) as (_, file):
        return file


@contextmanager
def open_wanted(place: Place, which: Which) -> Iterator[tuple[Session, SiteFile]]:
    """Open a session on what the site should be. Raises BadInput, Refused."""
    file = wanted_site(place, which)
    with _session(place, file.site.name, file, which) as session:
        yield session, file


@contextmanager
def open_applied(place: Place, which: Which) -> Iterator[tuple[Session, SiteFile]]:
    """Open a session on a site as it was applied last. Raises BadInput when it never was, Refused."""
    name = applied_name(place, which)
    file = applied_file(place, name, which.path.parent)
    with _session(place, name, file, which) as session:
        yield session, file


@contextmanager
def open_known(place: Place, which: Which) -> Iterator[tuple[Session, SiteFile]]:
    """Open a session on a site as it was applied, or as its file says where the history is lost: to take it away."""
    name = applied_name(place, which)
    try:
        file = applied_file(place, name, which.path.parent)
    except BadInput:
        if which.name is not None:
            raise
        file = read_site(which.path)
    with _session(place, name, file, which) as session:
        yield session, file


def applied_file(place: Place, name: str, beside: Path) -> SiteFile:
    """Return the site file of the last applied revision, or of the last attempt where none came to be."""
    from ringfence.drivers.store.database import open_store

    if not is_name(name) or not place.site(name).is_dir():
        raise _never_applied(name, applied_names(place))
    with open_store(place.site(name)) as store:
        found = store.revisions.latest()
        if found is None:
            attempts = store.revisions.summaries()
            found = store.revisions.read(attempts[0].number) if attempts else None
    if found is None:
        raise _never_applied(name, ())
    return kept_site(found, beside)


def applied_name(place: Place, which: Which) -> str:
    """Return the name of the site that is meant, although its file may be broken by now. Raises BadInput."""
    if which.name is not None:
        return which.name
    if which.file is None and not which.path.exists():
        return _only_one(applied_names(place))
    return site_name(which.path) or read_site(which.path).site.name


def applied_names(place: Place) -> tuple[str, ...]:
    """Return the names of all sites that have a state folder here."""
    try:
        return tuple(sorted(found.name for found in place.state.iterdir() if found.is_dir() and is_name(found.name)))
    except OSError:
        return ()


def _only_one(names: tuple[str, ...]) -> str:
    if len(names) == 1:
        return names[0]
    if names:
        problem = f"There is no ./site.yaml, and several sites were applied here: {', '.join(names)}."
        raise BadInput(problem, "Say which one with --name NAME or --site FILE.")
    raise BadInput(
        "There is no ./site.yaml, and no site was applied here.",
        "Name a site file with --site FILE, or make one with 'ringfence init'.",
    )


def _never_applied(name: str, others: tuple[str, ...]) -> BadInput:
    step = f"Applied here: {', '.join(others)}." if others else "Apply it first with 'ringfence apply'."
    return BadInput(f"Site {name} was never applied here.", step)


@contextmanager
def _session(place: Place, name: str, file: SiteFile, which: Which) -> Iterator[Session]:
    host = next(iter(file.site.hosts.values()))
    progress = Telling(which.listen) if which.listen else None
    with open_session(place, name, host.pool, progress, which.cancel) as session:
        yield session
