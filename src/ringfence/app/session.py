# SPDX-License-Identifier: Apache-2.0
"""A session: one person at work on one site."""

from __future__ import annotations

import os
import pwd
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from ringfence.drivers.store.bell import FileBell
from ringfence.drivers.store.database import Database, open_store
from ringfence.drivers.store.lock import FileLock
from ringfence.engine.cancel import Cancel
from ringfence.ports.lock import SiteLock
from ringfence.ports.progress import Progress, Silent
from ringfence.ports.restrictions import Bell

from .place import Place
from .plant import Plant, open_plant

__all__ = ["Cancel", "Session", "open_session", "principal"]


@dataclass(frozen=True, slots=True)
class Session:
    """What every use case needs. ``principal`` is the person's account name; ``cancel`` stops jobs between steps."""

    name: str
    state: Path
    principal: str
    plant: Plant
    store: Database
    lock: SiteLock
    bell: Bell
    progress: Progress = field(default_factory=Silent)
    cancel: Cancel = field(default_factory=Cancel)


@contextmanager
def open_session(
    place: Place, name: str, pool: str, progress: Progress | None = None, cancel: Cancel | None = None
) -> Iterator[Session]:
    """Open the state and the plant of the site ``name``. Raises Refused when the state cannot be used."""
    plant = open_plant(place, name, pool)
    state = place.site(name)
    with open_store(state) as store:
        yield Session(
            name,
            state,
            principal(),
            plant,
            store,
            FileLock(state, plant.clock),
            FileBell(state),
            progress or Silent(),
            cancel or Cancel(),
        )


def principal() -> str:
    """Return the account of the person: who called sudo, or who runs this process."""
    asked = os.environ.get("SUDO_USER")
    if asked:
        return asked
    try:
        return pwd.getpwuid(os.getuid()).pw_name
    except KeyError:
        return f"uid {os.getuid()}"
